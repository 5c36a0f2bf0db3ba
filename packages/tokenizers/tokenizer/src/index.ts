export type { AddedToken, SpecialTokenOptions } from "./added-tokens.js";
export { DecodeStream } from "./decoder/decode-stream.js";
export { decoder } from "./decoder/read.js";
export type { Chunk, Decoder, Step } from "./decoder/step.js";
export type { Encoding, Sequence } from "./encoding.js";
export { TokenizerError } from "./error.js";
export { type Gpt2Files, tokenizerFromGpt2, tokenizerToGpt2 } from "./format/gpt2.js";
export { tokenizerFromSentencePiece, tokenizerToSentencePiece } from "./format/sentencepiece.js";
export { type FromTiktokenOptions, tokenizerFromTiktoken, tokenizerToTiktoken } from "./format/tiktoken.js";
export { type FromVocabTxtOptions, tokenizerFromVocabTxt, tokenizerToVocabTxt } from "./format/vocab-txt.js";
export { ByteLevelModel } from "./model/byte-level.js";
export { CharacterBpeModel, type CharacterBpeSettings } from "./model/character-bpe.js";
export { CharModel, type CharModelConfig } from "./model/characters.js";
export type { Model } from "./model/model.js";
export { SentencePieceModel } from "./model/sentencepiece.js";
export { UnigramModel } from "./model/unigram.js";
export { WordPieceModel } from "./model/word-piece.js";
export type { DecodeOptions, EncodeOptions, TokenizeOptions, TokenizerConfig } from "./options.js";
export type { Padding } from "./padding.js";
export { type PostProcessor, postProcessor, type TemplateItem } from "./post-processor.js";
export { type TokenizerPreset, type TokenizerPresetName, tokenizerPresets, trainPreset } from "./presets.js";
export { byteLevelStages } from "./stage/byte-level.js";
export { type NormalizerName, type NormalizerStage, normalizer, normalizers } from "./stage/normalizer.js";
export {
  byteLevelPreTokenizer,
  customPreTokenizer,
  type PreTokenizer,
  type PreTokenizerOptions,
  preTokenizer,
} from "./stage/pre-tokenizer.js";
export { Tokenizer } from "./tokenizer.js";
export type { TrainTokenizerOptions, TrainTokenizerProgress } from "./train/options.js";
export { trainTokenizer } from "./train.js";
export type { Truncation } from "./truncation.js";
