// What training asks for, whatever the kind.

import type { PretokenizerName } from "@llm/pretokenize";
import type { AddedToken } from "../added-tokens.js";
import { TokenizerError } from "../error.js";
import { normalizers as makeNormalizers, type NormalizerName, type NormalizerStage } from "../stage/normalizer.js";

/** How far training is. */
export interface TrainTokenizerProgress {
  /** Reading the texts; then joining pairs ("merge"), or dropping pieces ("prune"). */
  stage: "count" | "merge" | "prune";
  /** UTF-16 units of text read so far. */
  characters: number;
  /** Tokens so far, and how many there are to be; 0 while counting. */
  tokens: number;
  vocabSize: number;
}

/** Options of `trainTokenizer`. */
export interface TrainTokenizerOptions {
  /** BPE on bytes, or on characters as in LLaMA 2; WordPiece; Unigram; or a token per character. */
  kind: "bpe" | "character-bpe" | "wordpiece" | "unigram" | "char";
  /** Tokens to have in the end, special ones included. For "char" a limit, beyond which the rarest characters are left out; default none. */
  vocabSize?: number;
  /** They get the last ids ("bpe", "char") or the first ones (the other kinds), in this order. */
  specialTokens?: readonly string[];
  /** How text is cut into pieces ("bpe"); default "gpt2". */
  pattern?: PretokenizerName;
  /** What occurs less often gets no token: pairs (2), characters ("char", 1). */
  minFrequency?: number;
  /** Names, or entries as tokenizer.json has them. Default none, but for "wordpiece" BERT's. */
  normalizers?: readonly (NormalizerName | object)[];
  /** Whether what has no piece becomes bytes ("unigram", "character-bpe"); default true. */
  byteFallback?: boolean;
  /** What is not in the vocabulary becomes: "[UNK]" ("wordpiece"), "<unk>" ("unigram", "character-bpe"); for "char" an error without it. */
  unknownToken?: string;
  onProgress?: (progress: TrainTokenizerProgress) => void;
}

/** What to learn from. */
export type Texts = Iterable<string> | AsyncIterable<string>;

/** Hands each text, normalized, to `use`; returns how many UTF-16 units there were. */
export async function readTexts(
  texts: Texts,
  { normalize }: NormalizerStage,
  { onProgress, vocabSize = 0 }: TrainTokenizerOptions,
  use: (text: string) => void,
): Promise<number> {
  let characters = 0;
  for await (const text of texts) {
    use(normalize(text));
    characters += text.length;
    onProgress?.({ stage: "count", characters, tokens: 0, vocabSize });
  }
  if (characters === 0) throw new TokenizerError("trainTokenizer: there is no text to learn from");
  return characters;
}

/** The normalizer that was asked for. */
export function normalizerFor({ normalizers = [] }: TrainTokenizerOptions): NormalizerStage {
  return makeNormalizers(normalizers);
}

/** Special tokens with ids from `first` on. */
export function numbered(tokens: readonly string[], first: number): AddedToken[] {
  return [...new Set(tokens)].map((content, i) => ({ content, id: first + i, special: true }));
}
