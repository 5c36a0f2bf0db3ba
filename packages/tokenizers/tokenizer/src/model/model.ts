// The stage of the pipeline that there are most kinds of: pieces of text → ids, id → token.

import type { NextBoundary } from "@llm/pretokenize";

/** How text becomes ids. Write one and hand it to `new Tokenizer({ model })` to have the rest of the pipeline around it. */
export interface Model {
  /** Highest id + 1. */
  readonly vocabSize: number;
  /** Appends the ids of one piece to `out`. */
  encode(piece: string, out: number[]): void;
  /** How tokenizer.json writes the token, or undefined. */
  idToToken(id: number): string | undefined;
  tokenToId(token: string): number | undefined;
  /**
   * What a token takes from a piece: the text that is there, a byte of it, or bytes; undefined for one that stands for
   * what is not known. `first` is true where the piece begins.
   */
  surface(id: number, first: boolean): string | number | Uint8Array | undefined;
  /** tokenizer.json's `model`. */
  toJSON(): object;
  /** Appends the ids of a whole text whose pieces end where `next` says: a faster way that a model on bytes has. */
  encodeText?(text: string, next: NextBoundary, out: number[]): void;
  /** The bytes of a token, for models on bytes. */
  tokenBytes?(id: number): Uint8Array | undefined;
}
