export { readSafetensors, type SafetensorsFile } from "./read.js";
export { type LazyTensor, type WrittenFile, writeSafetensors } from "./write.js";
