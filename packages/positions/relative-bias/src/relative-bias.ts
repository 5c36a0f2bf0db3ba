// A learned number for each bucket of distances and each head, added to the attention scores.
//
//   score(i, j) += table[bucket(j − i), head]
//
// Source: Raffel et al., "Exploring the limits of transfer learning", https://arxiv.org/abs/1910.10683, §2.1. One table
// serves all layers of a stack: compute the bias once and hand it to each. T5 does not scale its scores by 1/√H.
// Shapes: R buckets, N heads, T query time, S key time.

import { registerGradients } from "@llm/ops";
import { gather, reshape, type Tensor, tensor, tidy, transpose } from "@tensorflow/tfjs-core";
import { type BucketOptions, relativeBuckets } from "./buckets.js";

/** How distances are sorted, and how many keys there are. */
export interface RelativeBiasOptions extends Omit<BucketOptions, "buckets"> {
  /** How many keys there are; the queries are the last T of S positions. Default: as many as queries. */
  keys?: number;
}

/**
 * What to add to attention scores; the gradient flows to the table.
 *
 * @param table_RN [R, N], as Hugging Face stores `relative_attention_bias.weight`
 * @param queries T
 * @returns [1, N, T, S]
 * @throws Error for a table that is no matrix, sizes that do not fit, or as `relativeBucket`
 */
export function relativeBias(
  table_RN: Tensor,
  queries: number,
  { keys = queries, ...options }: RelativeBiasOptions = {},
): Tensor {
  if (table_RN.rank !== 2) throw new Error(`relativeBias: table must be [buckets, heads], got [${table_RN.shape}]`);
  const [buckets, heads] = table_RN.shape as [number, number];
  const indices = relativeBuckets(queries, keys, { ...options, buckets });
  registerGradients();
  return tidy(() => {
    const bias_SN = gather(table_RN, tensor(indices, [queries * keys], "int32"));
    return reshape(transpose(bias_SN), [1, heads, queries, keys]);
  });
}
