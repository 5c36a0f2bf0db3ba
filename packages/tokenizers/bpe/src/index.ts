export { bpe } from "./bpe.js";
