export { GGUFFile, readGGUF } from "./read.js";
export { type LazyGGUFTensor, writeGGUF } from "./write.js";
