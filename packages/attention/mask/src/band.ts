// Masks that depend on the distance between query and key only, the same for every sequence of a batch.
//
//   causal: j ≤ i    prefix: j ≤ i or j < prefix    sliding window: j ≤ i and (j > i − window or j < sinks)
//
// i is the query's position and j the key's. With S > T the queries are the last T of S positions, as they
// are when earlier keys come from a cache. The window counts the query's own position, as Mistral's does.
// Sources: Vaswani et al., arXiv:1706.03762 (causal); Raffel et al., arXiv:1910.10683, fig. 4 (prefix);
// Beltagy et al., arXiv:2004.05150 (sliding window); Xiong et al., arXiv:2309.17453 (sinks).
// Shapes: B batch, T query time, S key time.

import { type Tensor, tensor } from "@tensorflow/tfjs-core";

/**
 * Each query may attend to its own position and to earlier ones.
 *
 * @param T number of queries
 * @param S number of keys, default T
 * @param offset position of the first query, default S − T: the queries are the last positions
 * @returns boolean [T, S], true = may attend
 * @throws Error when a size is not a positive integer, or the offset not a non-negative one
 */
export function causalMask(T: number, S: number = T, offset: number = S - T): Tensor {
  checkSizes("causalMask", T, S, offset);
  return fill(T, S, (i, j) => j <= i + offset);
}

/**
 * The first positions see each other in both directions, the rest is causal: for prefix language models.
 *
 * @param prefixLength the same for all sequences, or one length for each
 * @param T number of positions
 * @returns boolean [T, T], or [B, 1, T, T] for a list of B lengths; true = may attend
 * @throws Error for a length that is not an integer from 0 to T
 */
export function prefixMask(prefixLength: number | readonly number[], T: number): Tensor {
  checkSizes("prefixMask", T, T, 0);
  const lengths = typeof prefixLength === "number" ? [prefixLength] : prefixLength;
  for (const length of lengths) {
    if (!Number.isInteger(length) || length < 0 || length > T) {
      throw new Error(`prefixMask: a prefix length must be an integer from 0 to T = ${T}, got ${length}`);
    }
  }
  const rows = Array.from(lengths, (length) => allowed(T, T, (i, j) => j <= i || j < length));
  const shape = typeof prefixLength === "number" ? [T, T] : [rows.length, 1, T, T];
  const values = new Uint8Array(rows.length * T * T);
  for (const [b, row] of rows.entries()) values.set(row, b * T * T);
  return tensor(values, shape as [number], "bool");
}

/** Beside the window. */
export interface SlidingWindowOptions {
  /** Position of the first query. Default S − T: the queries are the last positions. */
  offset?: number;
  /** Every query sees the first so many keys too: attention sinks. Default 0. */
  sinks?: number;
}

/**
 * Each query may attend to its own position, to the `window − 1` before it, and to the first `sinks` keys.
 *
 * @param window how many positions a query sees, itself included
 * @returns boolean [T, S], true = may attend
 * @throws Error as `causalMask`, and when the window is not a positive integer or sinks are no count
 */
export function slidingWindowMask(
  T: number,
  window: number,
  S: number = T,
  { offset = S - T, sinks = 0 }: SlidingWindowOptions = {},
): Tensor {
  checkSizes("slidingWindowMask", T, S, offset);
  if (!Number.isInteger(window) || window < 1) {
    throw new Error(`slidingWindowMask: window must be a positive integer, got ${window}`);
  }
  if (!Number.isInteger(sinks) || sinks < 0) {
    throw new Error(`slidingWindowMask: sinks must be an integer of at least 0, got ${sinks}`);
  }
  return fill(T, S, (i, j) => j <= i + offset && (j > i + offset - window || j < sinks));
}

function fill(T: number, S: number, rule: (i: number, j: number) => boolean): Tensor {
  return tensor(allowed(T, S, rule), [T, S], "bool");
}

function allowed(T: number, S: number, rule: (i: number, j: number) => boolean): Uint8Array {
  const values = new Uint8Array(T * S);
  for (let i = 0; i < T; i++) for (let j = 0; j < S; j++) values[i * S + j] = rule(i, j) ? 1 : 0;
  return values;
}

function checkSizes(name: string, T: number, S: number, offset: number): void {
  for (const [label, size] of [
    ["T", T],
    ["S", S],
  ] as const) {
    if (!Number.isInteger(size) || size < 1)
      throw new Error(`${name}: ${label} must be a positive integer, got ${size}`);
  }
  if (!Number.isInteger(offset) || offset < 0) {
    throw new Error(
      `${name}: the first query's position (offset, default S − T) must be an integer of at least 0, got ${offset}`,
    );
  }
}
