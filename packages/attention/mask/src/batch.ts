// Masks that differ from sequence to sequence: padded batches, and several documents packed into one row.
//
//   padding: j < length of the sequence    segments: segment(i) = segment(j)
//
// Neither is causal by itself; `combineMasks` joins them with one that is.
// Shapes: B batch, T query time, S key time.

import { type Tensor, tensor } from "@tensorflow/tfjs-core";

/**
 * Keys after the end of their sequence are forbidden: for sequences padded on the right.
 *
 * @param lengths real length of each sequence
 * @param S padded length
 * @returns boolean [B, 1, 1, S], true = may attend
 * @throws Error for a length that is not an integer from 0 to S
 */
export function paddingMask(lengths: ArrayLike<number>, S: number): Tensor {
  const values = new Uint8Array(lengths.length * S);
  Array.from(lengths).forEach((length, b) => {
    if (!Number.isInteger(length) || length < 0 || length > S) {
      throw new Error(`paddingMask: length ${b} must be an integer from 0 to S = ${S}, got ${length}`);
    }
    values.fill(1, b * S, b * S + length);
  });
  return tensor(values, [lengths.length, 1, 1, S], "bool");
}

/**
 * Positions see each other only within the same segment, so that packed documents stay apart. Padding is a
 * segment like any other (`packSequences` numbers it 0): it sees itself and nobody sees it.
 *
 * @param segments [B][T], the number of the segment that each position belongs to
 * @returns boolean [B, 1, T, T], true = may attend
 * @throws Error when the rows differ in length
 */
export function segmentMask(segments: readonly ArrayLike<number>[]): Tensor {
  const T = segments[0]?.length ?? 0;
  const values = new Uint8Array(segments.length * T * T);
  segments.forEach((row, b) => {
    if (row.length !== T) {
      throw new Error(
        `segmentMask: all rows must be as long as the first (${T}), but row ${b} has length ${row.length}`,
      );
    }
    for (let i = 0; i < T; i++) {
      for (let j = 0; j < T; j++) values[(b * T + i) * T + j] = row[i] === row[j] ? 1 : 0;
    }
  });
  return tensor(values, [segments.length, 1, T, T], "bool");
}
