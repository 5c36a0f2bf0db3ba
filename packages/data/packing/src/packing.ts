// Packing: several examples in one row, so that training spends its work on tokens instead of padding.
//
//   ids       a a a b b c c c c _      _ is padId
//   labels    # a a # b # c c c #      # is -100, ignored by the loss
//   segments  1 1 1 2 2 3 3 3 3 0      attention only where segments are equal
//   positions 0 1 2 0 1 0 1 2 3 0      each example counts from 0
//
// The label of an example's first token is ignored: labels are shifted by one later, and the token before it
// belongs to another example. So a packed row gives the same loss as its examples one by one, as long as
// attention respects `segments` and the position encoding `positions`.
// Source: Krell et al., "Efficient sequence packing without cross-contamination", arXiv:2107.02027.

import { firstFitDecreasing } from "./first-fit.js";

const IGNORE = -100;

/** One tokenized example; `labels[i]` is `ids[i]` where it is to be learned, else -100. */
export interface Example {
  ids: ArrayLike<number>;
  labels: ArrayLike<number>;
}

/** One row of `length` tokens. */
export interface PackedSequence {
  /** The examples' tokens one after the other, then `padId`. */
  ids: Int32Array;
  /** Unshifted labels; -100 at padding and at each example's first token. */
  labels: Int32Array;
  /** 1, 2, 3 … for the examples in the row, 0 for padding. */
  segments: Int32Array;
  /** Position within the example; 0 for padding. */
  positions: Int32Array;
}

/** What `packSequences` needs. */
export interface PackOptions {
  /** Tokens in a row. */
  length: number;
  /** Fills the rest of a row; any valid token id. */
  padId: number;
  /** Several examples a row (first-fit decreasing), or one. */
  strategy?: "first-fit" | "none";
  /** What happens to an example longer than `length`: an error, or its end is cut off. */
  overflow?: "error" | "truncate";
}

/**
 * Packs examples into rows of equal length. The order of rows is fixed by the input (with "first-fit" the rows
 * with the longest examples come first): shuffle them before training.
 *
 * @throws RangeError for an empty example, labels of another length, or one too long unless `overflow` is "truncate"
 */
export function packSequences(examples: readonly Example[], options: PackOptions): PackedSequence[] {
  const { length, strategy = "first-fit", overflow = "error" } = options;
  if (!Number.isSafeInteger(length) || length < 1) {
    throw new RangeError(`packSequences: length must be a whole number ≥ 1, got ${length}`);
  }
  const sizes = examples.map((example, i) => sizeOf(example, i, length, overflow));
  const rows = strategy === "none" ? sizes.map((_, i) => [i]) : firstFitDecreasing(sizes, length);
  return rows.map((row) =>
    layOut(
      row.map((i) => examples[i] as Example),
      options,
    ),
  );
}

function sizeOf({ ids, labels }: Example, index: number, length: number, overflow: "error" | "truncate"): number {
  if (ids.length === 0) throw new RangeError(`packSequences: example ${index} is empty; leave it out`);
  if (ids.length !== labels.length) {
    throw new RangeError(`packSequences: example ${index} has ${ids.length} ids but ${labels.length} labels`);
  }
  if (ids.length > length && overflow === "error") {
    throw new RangeError(
      `packSequences: example ${index} has ${ids.length} tokens, but length is ${length}; raise length or set overflow to "truncate"`,
    );
  }
  return Math.min(ids.length, length);
}

function layOut(examples: Example[], { length, padId }: PackOptions): PackedSequence {
  const row: PackedSequence = {
    ids: new Int32Array(length).fill(padId),
    labels: new Int32Array(length).fill(IGNORE),
    segments: new Int32Array(length),
    positions: new Int32Array(length),
  };
  let at = 0;
  examples.forEach(({ ids, labels }, segment) => {
    for (let i = 0; i < ids.length && at < length; i++, at++) {
      row.ids[at] = ids[i] as number;
      row.labels[at] = i === 0 ? IGNORE : (labels[i] as number);
      row.segments[at] = segment + 1;
      row.positions[at] = i;
    }
  });
  return row;
}
