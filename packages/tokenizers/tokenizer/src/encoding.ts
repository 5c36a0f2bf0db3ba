// What a text becomes for a model: ids with, for each, what it is, where it comes from, and which part it plays.

/** The tokens of one text, before special tokens are put around them. */
export interface Sequence {
  ids: number[];
  tokens: string[];
  /** Where each token comes from in the text, in UTF-16 units: `text.slice(...offsets[i])`. */
  offsets: [number, number][];
}

/** Ids as a model takes them, and one entry per id in everything else. */
export interface Encoding extends Sequence {
  /** 0 for the first text, 1 for the second, as far as the template says so. */
  typeIds: number[];
  /** 1 for tokens, 0 for padding. */
  attentionMask: number[];
  /** 1 for tokens that the template or padding put there. */
  specialTokensMask: number[];
  /** Which of the two texts a token comes from; null for what the template or padding put there. */
  sequenceIds: (0 | 1 | null)[];
  /** What truncation cut off, as encodings of their own. */
  overflowing: Encoding[];
}

/** The tokens from `start` to `end`. */
export function sliceSequence({ ids, tokens, offsets }: Sequence, start: number, end: number): Sequence {
  return { ids: ids.slice(start, end), tokens: tokens.slice(start, end), offsets: offsets.slice(start, end) };
}

/** An encoding of no tokens. */
export function emptyEncoding(): Encoding {
  return {
    ids: [],
    tokens: [],
    offsets: [],
    typeIds: [],
    attentionMask: [],
    specialTokensMask: [],
    sequenceIds: [],
    overflowing: [],
  };
}
