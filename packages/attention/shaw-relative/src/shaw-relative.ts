// Attention that knows how far apart query and key are: a learned vector for each distance, added to keys and values.
//
//   score(i, j) = q_i·(k_j + a^K_d) / √H,   y_i = Σ_j weight(i, j)·(v_j + a^V_d),   d = clip(j − i, −R, R)
//
// Source: Shaw, Uszkoreit, Vaswani, "Self-attention with relative position representations",
// https://arxiv.org/abs/1803.02155. Distances beyond R share a vector. Heads share the tables, as in the paper.
// q·a^K is computed once for each distance and shifted into place, as Huang et al., https://arxiv.org/abs/1809.04281, do:
// no tensor of T·S·H elements. The paper finds the values' table to add nothing; leave it out, and fused parts stay small.
// Shapes: B batch, N heads, T query time, S key time, H head dim, R largest distance, W = S + T − 1 distances.

import { type AttentionOptions, attentionCall, attentionWeights } from "@llm/attention";
import { clearMaskedRows } from "@llm/mask";
import { product } from "@llm/ops";
import { add, gather, mul, pad, reshape, slice, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";

/** What Shaw's attention is told beside what `attention` of `@llm/attention` may be. */
export interface ShawAttentionOptions extends AttentionOptions {
  /** a^K [2R + 1, H]; row R is for the own position, rows before it for keys before the query. */
  keyTable: Tensor;
  /** a^V [2R + 1, last dimension of v]. Default: none. */
  valueTable?: Tensor | undefined;
}

/**
 * Multi-head attention with relative position vectors, as a composite: no fused kernel has them.
 *
 * @param q_BNTH [B, N, T, H]
 * @param k_BNSH [B, N, S, H]; the queries are the last T positions
 * @param v_BNSH [B, N, S, H], or another last dimension
 * @returns [B, N, T, last dimension of v]
 * @throws Error when the shapes do not fit each other or the options
 */
export function shawAttention(q_BNTH: Tensor, k_BNSH: Tensor, v_BNSH: Tensor, options: ShawAttentionOptions): Tensor {
  const { keyTable, valueTable, ...others } = options;
  const [b, n, t, h] = q_BNTH.shape as [number, number, number, number];
  const s = k_BNSH.shape[2] as number;
  if (q_BNTH.rank !== 4 || k_BNSH.shape.join() !== [b, n, s, h].join() || t > s) {
    throw new Error(
      `shawAttention: q [B,N,T,H] and k [B,N,S,H] must agree in B, N, H, and T ≤ S, got [${q_BNTH.shape}] and [${k_BNSH.shape}]`,
    );
  }
  checkTable("keyTable", keyTable, h);
  if (valueTable) checkTable("valueTable", valueTable, v_BNSH.shape[3] as number);
  return tidy(() => {
    const { inputs, attrs, unfused } = attentionCall("shawAttention", { q: q_BNTH, k: k_BNSH, v: v_BNSH }, others);
    const scaled = mul(q_BNTH, attrs.scale);
    const byDistance_BNTW = product(scaled, distances(keyTable, t, s), false, true);
    const scores_BNTS = add(product(scaled, k_BNSH, false, true), toKeys(byDistance_BNTW, s));
    const { weights_BNTS, mask } = attentionWeights(scores_BNTS, inputs, attrs, unfused);
    const values = product(weights_BNTS, v_BNSH);
    const moved = valueTable && product(toDistances(weights_BNTS), distances(valueTable, t, s));
    return clearMaskedRows(moved ? add(values, moved) : values, mask);
  });
}

/** The table's row for each distance −(S − 1) … T − 1, [W, H]. */
function distances(table: Tensor, t: number, s: number): Tensor {
  const reach = ((table.shape[0] as number) - 1) / 2;
  const rows = Int32Array.from({ length: s + t - 1 }, (_, w) => Math.min(reach, Math.max(-reach, w - s + 1)) + reach);
  return gather(table, tensor(rows, [rows.length], "int32"));
}

/** By distance to by key: query i (of T) finds key j at w = j − i + T − 1, so row i moves left by T − 1 − i. */
function toKeys(x_BNTW: Tensor, s: number): Tensor {
  const [b, n, t, w] = x_BNTW.shape as [number, number, number, number];
  // One element more in each row, and reading rows one element shorter shifts each by one more than the last.
  const padded = reshape(padLast(x_BNTW, 0, 1), [b, n, t * (w + 1)]);
  const shifted = reshape(slice(padded, [0, 0, 0], [b, n, t * w]), [b, n, t, w]);
  return slice(shifted, [0, 0, 0, t - 1], [b, n, t, s]);
}

/** The way back: weights by key to weights by distance, zeros where there is no key. */
function toDistances(x_BNTS: Tensor): Tensor {
  const [b, n, t, s] = x_BNTS.shape as [number, number, number, number];
  const w = s + t - 1;
  const padded = reshape(padLast(x_BNTS, t - 1, 0), [b, n, t * w]);
  return slice(reshape(padLast(padded, 0, t), [b, n, t, w + 1]), [0, 0, 0, 0], [b, n, t, w]);
}

function padLast(x: Tensor, before: number, after: number): Tensor {
  return pad(x, [...x.shape.slice(1).map((): [number, number] => [0, 0]), [before, after]]);
}

function checkTable(name: string, { shape }: Tensor, dim: number): void {
  if (shape.length === 2 && (shape[0] as number) % 2 === 1 && shape[1] === dim) return;
  throw new Error(
    `shawAttention: ${name} must be [2R + 1, ${dim}], a row for each distance −R … R, got shape [${shape}]`,
  );
}
