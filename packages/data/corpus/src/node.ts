export { type ReadOptions, readDocuments } from "./read.js";
