export { sft } from "./sft.js";
