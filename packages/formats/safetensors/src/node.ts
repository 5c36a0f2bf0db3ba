export { type WrittenFile, writeAtomically } from "./atomic.js";
export { readSafetensors, type SafetensorsFile } from "./read.js";
export { readExactly } from "./read-exactly.js";
export { type LazyTensor, writeSafetensors } from "./write.js";
