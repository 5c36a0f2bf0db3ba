export { type HuggingFaceModel, openHuggingFace } from "./read.js";
export { type WriteOptions, writeHuggingFace } from "./write.js";
