// What reads tokens: the contract between files of tokens and whatever makes batches of them.

/** A text as a long row of token ids, of which any window can be read. */
export interface TokenSource {
  /** The number of tokens. */
  readonly length: number;
  /** The `count` tokens from `offset` on, in an array of the caller's own. Throws RangeError outside of the text. */
  read(offset: number, count: number): Int32Array;
}
