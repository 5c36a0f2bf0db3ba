export { SentencePieceError } from "./error.js";
export { type Piece, type PieceType, readModel, type SentencePieceModel, writeModel } from "./model-file.js";
export { Normalizer, type NormalizerOptions } from "./normalizer.js";
export type { NormalizerSpec, TrainerSpec } from "./schema.js";
export type { ModelKind } from "./segmenter.js";
export { SentencePiece } from "./sentencepiece.js";
export { type TrainSentencePieceOptions, type TrainSentencePieceProgress, trainSentencePiece } from "./train/train.js";
export { type WordOptions, wordScanner } from "./train/words.js";
