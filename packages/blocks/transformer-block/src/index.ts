export { transformerBlock } from "./transformer-block.js";
