export { WordPieceError } from "./error.js";
export { type TrainWordPieceOptions, trainWordPiece } from "./train.js";
export { formatVocabTxt, parseVocabTxt } from "./vocab-txt.js";
export { WordPiece, type WordPieceConfig } from "./word-piece.js";
