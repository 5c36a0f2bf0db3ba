export { BPE, byteTokens, type FromMergesOptions, type Scanner } from "./bpe.js";
export { BpeError } from "./error.js";
export { PieceCounter, type PieceCounterOptions } from "./piece-counter.js";
export { formatTiktoken, parseTiktoken } from "./tiktoken.js";
export { type TrainBpeOptions, type TrainBpeProgress, type TrainedBpe, trainBpe } from "./train.js";
