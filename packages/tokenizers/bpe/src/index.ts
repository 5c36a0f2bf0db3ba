export { BPE, byteTokens, type FromMergesOptions } from "./bpe.js";
export type { SampleOptions } from "./dropout.js";
export { BpeError } from "./error.js";
export { PieceCounter, type PieceCounterOptions } from "./piece-counter.js";
export type { Scanner } from "./piece-encoder.js";
export { formatTiktoken, parseTiktoken } from "./tiktoken.js";
export { type TrainBpeOptions, type TrainBpeProgress, type TrainedBpe, trainBpe } from "./train.js";
