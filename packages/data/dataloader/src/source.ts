// What a loader reads from: any text of tokens of which a window can be had.

/** A text as a long row of token ids; `openShards` of @llm/token-shards gives one too. */
export interface TokenSource {
  /** The number of tokens. */
  readonly length: number;
  /** The `count` tokens from `offset` on. */
  read(offset: number, count: number): Int32Array;
}

/** Tokens that are in memory already. They are not copied until they are read. */
export function memorySource(tokens: ArrayLike<number>): TokenSource {
  return {
    length: tokens.length,
    read(offset, count) {
      if (!(offset >= 0 && count >= 0 && offset + count <= tokens.length)) {
        throw new RangeError(
          `read: tokens ${offset} … ${offset + count} are outside of a text of ${tokens.length} tokens`,
        );
      }
      return Int32Array.from({ length: count }, (_, i) => tokens[offset + i] as number);
    },
  };
}
