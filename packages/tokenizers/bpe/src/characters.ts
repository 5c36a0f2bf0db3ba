export type { AlphabetOptions } from "./alphabet.js";
export { CharacterBPE, type CharacterMergesOptions } from "./character-bpe.js";
export { byteToken, type CharacterBpeOptions, type TextToken } from "./character-vocabulary.js";
export type { SampleOptions } from "./dropout.js";
export { BpeError } from "./error.js";
export { PieceCounter, type PieceCounterOptions } from "./piece-counter.js";
export type { Scanner } from "./piece-encoder.js";
export type { TrainBpeProgress } from "./train.js";
export { type TrainCharacterBpeOptions, type TrainedCharacterBpe, trainCharacterBpe } from "./train-characters.js";
