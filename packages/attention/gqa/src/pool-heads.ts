// Turns a checkpoint with many heads of keys and values into one with few: each group's mean.
//
//   W'_k = 1/G · Σ W_n,  n = k·G … (k+1)·G − 1,   G = N/K
//
// Source: Ainslie et al., "GQA", https://arxiv.org/abs/2305.13245, §2.1, where the mean beats choosing one head or
// starting anew; some 5 % of the original training then make up for the loss.
// Shapes: N heads, K kv heads, H head dim, D model dim.

import { clone, mean, reshape, type Tensor } from "@tensorflow/tfjs-core";

/** From how many heads to how many. */
export interface PoolHeadsOptions {
  heads: number;
  /** Must divide `heads`. */
  kvHeads: number;
}

/**
 * The mean of each group of heads.
 *
 * @param weight_ND [N·H, D], the weight of a key or value projection, or its bias [N·H]
 * @returns [K·H, D], or [K·H]
 * @throws Error when kvHeads does not divide heads, or heads the rows
 */
export function poolHeads(weight_ND: Tensor, { heads, kvHeads }: PoolHeadsOptions): Tensor {
  const [rows, ...rest] = weight_ND.shape as [number, ...number[]];
  if (!(kvHeads > 0 && heads % kvHeads === 0 && rows % heads === 0)) {
    throw new Error(
      `poolHeads: kvHeads must divide heads, and heads the rows of [${weight_ND.shape}], got ${kvHeads} and ${heads}`,
    );
  }
  const headDim = rows / heads;
  const grouped = reshape(weight_ND, [kvHeads, heads / kvHeads, headDim, ...rest]);
  const pooled = mean(grouped, 1);
  grouped.dispose();
  const result = reshape(pooled, [kvHeads * headDim, ...rest]);
  pooled.dispose();
  return result;
}

/**
 * A state dictionary of multi-head attention as one of grouped-query attention: `k_proj` and `v_proj` are pooled, all
 * else is the same.
 *
 * @param state by path, of a layer or a whole model; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error as `poolHeads`
 */
export function toGroupedQuery(state: ReadonlyMap<string, Tensor>, options: PoolHeadsOptions): Map<string, Tensor> {
  const convert = (path: string, tensor: Tensor): Tensor =>
    /(^|\.)[kv]_proj\.(weight|bias)$/.test(path) ? poolHeads(tensor, options) : clone(tensor);
  return new Map([...state].map(([path, tensor]) => [path, convert(path, tensor)]));
}
