// The one stage of the pipeline that there are several kinds of: pieces of text → ids, id → bytes.
//
// Bytes, because that is what all kinds share: the text of a list of ids is the UTF-8 of their bytes joined, whether
// a token is a word, a character or half of one.

import type { NextBoundary } from "@llm/pretokenize";

/** How text becomes ids. Write one and hand it to `new Tokenizer({ model })` to have the rest of the pipeline around it. */
export interface Model {
  /** Highest id + 1. */
  readonly vocabSize: number;
  /** The ids of normalized text without special tokens; `scanner` says where its pieces end. */
  encode(text: string, scanner: NextBoundary): number[];
  /** What a token stands for, or undefined for an id that is not in use. */
  tokenBytes(id: number): Uint8Array | undefined;
  /** How tokenizer.json writes the token, or undefined. */
  idToToken(id: number): string | undefined;
  tokenToId(token: string): number | undefined;
  /** The fields of tokenizer.json that depend on the kind of model; `splitter` is the pre-tokenizer's entry. */
  toJSON(pattern: ModelPattern): ModelJSON;
}

/** What the pre-tokenizer looks like in tokenizer.json: an expression, or GPT-2's, which ByteLevel has built in. */
export interface ModelPattern {
  expression: string;
  builtIn: boolean;
}

/** Fields of tokenizer.json. */
export interface ModelJSON {
  model: object;
  pre_tokenizer: object;
  decoder: object;
}
