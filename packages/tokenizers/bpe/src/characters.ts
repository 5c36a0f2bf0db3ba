export { CharacterBPE, type CharacterMergesOptions } from "./character-bpe.js";
export { byteToken, type CharacterBpeOptions, type TextToken } from "./character-vocabulary.js";
export type { SampleOptions } from "./dropout.js";
export { BpeError } from "./error.js";
export type { Scanner } from "./piece-encoder.js";
