// What a tokenizer is made of, and what its methods are told.

import type { AddedToken, SpecialTokenOptions } from "./added-tokens.js";
import type { Decoder } from "./decoder/step.js";
import type { Model } from "./model/model.js";
import type { Padding } from "./padding.js";
import type { PostProcessor } from "./post-processor.js";
import type { NormalizerStage } from "./stage/normalizer.js";
import type { PreTokenizer } from "./stage/pre-tokenizer.js";
import type { Truncation } from "./truncation.js";

/** The stages of a tokenizer; all but the model may be left out. */
export interface TokenizerConfig {
  model: Model;
  normalizer?: NormalizerStage;
  preTokenizer?: PreTokenizer;
  postProcessor?: PostProcessor;
  decoder?: Decoder;
  addedTokens?: Iterable<AddedToken>;
  /** What `tokenize` does unless told otherwise. */
  truncation?: Truncation;
  padding?: Padding;
}

/** Options of `Tokenizer.encode`. */
export type EncodeOptions = SpecialTokenOptions;

/** Options of `Tokenizer.tokenize`. */
export interface TokenizeOptions extends SpecialTokenOptions {
  /** A second text, such as the answer to a question. */
  pair?: string;
  /** Whether what the post-processor says is put around; default true. */
  addSpecialTokens?: boolean;
  /** Default: what the tokenizer was made with; null for none. */
  truncation?: Truncation | null;
  /** Default: what the tokenizer was made with; null for none. */
  padding?: Padding | null;
}

/** Options of `Tokenizer.decode`. */
export interface DecodeOptions {
  /** Whether special tokens appear in the text; default "keep". */
  specialTokens?: "keep" | "skip";
}
