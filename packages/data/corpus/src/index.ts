export { type Document, documentsFromText, splitDocuments, type TextFormat } from "./document.js";
export { CorpusError } from "./error.js";
export { splitByHash, splitTail } from "./split.js";
