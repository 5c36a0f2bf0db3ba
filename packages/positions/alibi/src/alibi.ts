// ALiBi: a score falls linearly with the distance between query and key, for each head at its own rate.
//
//   score(i, j) −= m_n · (i − j),   m_n = 2^(−8n/N), n = 1 … N
//
// Source: Press, Smith, Lewis, "Train short, test long", https://arxiv.org/abs/2108.12409. The formula is for N a power
// of two; for others the authors' code, and BLOOM, take the slopes of the power below and fill up with every second
// one of the power above. The softmax ignores what is added to a whole row, so m_n · j, which needs no queries,
// gives the same attention; BLOOM adds that.
// Shapes: N heads, T query time, S key time.

import { mul, range, reshape, sub, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";

/**
 * The slope of each head, float64 [N]; hand them to `@llm/attention` as `slopes`.
 *
 * @throws Error unless heads is a positive whole number
 */
export function alibiSlopes(heads: number): number[] {
  if (!Number.isInteger(heads) || heads < 1) {
    throw new Error(`alibiSlopes: heads must be a positive whole number, got ${heads}`);
  }
  const power = 2 ** Math.floor(Math.log2(heads));
  const below = geometric(power);
  const above = geometric(2 * power).filter((_, i) => i % 2 === 0);
  return [...below, ...above.slice(0, heads - power)];
}

const geometric = (n: number): number[] => Array.from({ length: n }, (_, i) => 2 ** ((-8 * (i + 1)) / n));

/** Between which positions a bias is. */
export interface AlibiBiasOptions {
  /** How many keys there are; the queries are the last T of S positions. Default: as many as queries. */
  keys?: number;
}

/**
 * What to add to scaled scores: −m·(i − j), zero on the diagonal.
 *
 * @param slopes [N], from `alibiSlopes`
 * @param queries T
 * @returns [N, T, S]
 * @throws Error when there are more queries than keys, or either is not a positive whole number
 */
export function alibiBias(
  slopes: ArrayLike<number>,
  queries: number,
  { keys = queries }: AlibiBiasOptions = {},
): Tensor {
  checkLength("queries", queries);
  checkLength("keys", keys);
  if (queries > keys) {
    throw new Error(
      `alibiBias: the ${queries} queries are the last positions of the keys, so there must be at least as many keys, got ${keys}`,
    );
  }
  return tidy(() => {
    const relative_TS = sub(range(0, keys), reshape(range(keys - queries, keys), [queries, 1]));
    return mul(column(slopes), relative_TS);
  });
}

/**
 * The same up to a constant in each row, so with the same attention weights: m·j, by key position alone. It has no T,
 * and so it fits any queries and costs nothing.
 *
 * @param slopes [N], from `alibiSlopes`
 * @param keys S
 * @returns [N, 1, S]
 * @throws Error unless keys is a positive whole number
 */
export function alibiKeyBias(slopes: ArrayLike<number>, keys: number): Tensor {
  checkLength("keys", keys);
  return tidy(() => mul(column(slopes), range(0, keys)));
}

const column = (slopes: ArrayLike<number>): Tensor => tensor(Float32Array.from(slopes), [slopes.length, 1, 1]);

function checkLength(name: string, length: number): void {
  if (Number.isInteger(length) && length > 0) return;
  throw new Error(`alibiBias: ${name} must be a positive whole number, got ${length}`);
}
