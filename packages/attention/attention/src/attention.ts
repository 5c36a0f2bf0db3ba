// Softmax attention: each query takes the mean of the values, weighted by how well their keys match it.
//
//   attention(Q, K, V) = softmax(scale · Q·Kᵀ + mask)·V,  scale = 1/√H
//
// Source: Vaswani et al., "Attention is all you need", arXiv:1706.03762, §3.2.1. The queries are scaled
// instead of the scores, which are larger. A query without any allowed key gives zeros, where PyTorch gives NaN.
// Shapes: B batch, N heads, T query time, S key time, H head dim.

import { dropout as drop } from "@llm/dropout";
import { type AttentionMask, applyMask, clearMaskedRows } from "@llm/mask";
import { type Contract, defineOp, product } from "@llm/ops";
import { mul, softmax, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** What `attention` may be told. */
export interface AttentionOptions {
  /**
   * "causal" (default; with S > T the queries are the last T positions), "none", or a boolean tensor that
   * broadcasts to [B, N, T, S], true = may attend.
   */
  mask?: AttentionMask;
  /** Factor on the scores. Default 1/√H. */
  scale?: number;
  /** Probability with which an attention weight is dropped; needs an open random scope. Default 0. */
  dropout?: number;
}

/**
 * A fused kernel `Attention` computes everything without keeping scores in memory; `logsumexp` [B, N, T] is
 * what its gradient needs instead. k and v may have fewer heads than q: K that divides N, each serving the
 * next N/K query heads. Attributes: `causal`, `scale`. Input `mask`, when present, is boolean and broadcasts
 * to [B, N, T, S]; then `causal` is false. It is not called with dropout.
 */
export const attentionContract: Contract = {
  name: "Attention",
  differentiable: ["q", "k", "v"],
  saved: ["q", "k", "v", "mask", "value", "logsumexp"],
  statistics: ["logsumexp"],
};

type Inputs = { q: Tensor; k: Tensor; v: Tensor; mask?: Tensor };

const op = defineOp<Inputs, { causal: boolean; scale: number }>({
  contract: attentionContract,
  composite: ({ q, k, v, mask }, { causal, scale }) => composite(q, k, v, mask ?? (causal ? "causal" : "none"), scale),
});

function composite(q: Tensor, k: Tensor, v: Tensor, mask: AttentionMask, scale: number, rate = 0): Tensor {
  return tidy(() => {
    const scores_BNTS = applyMask(product(mul(q, scale), k, false, true), mask);
    const weights_BNTS = drop(softmax(scores_BNTS), rate);
    return clearMaskedRows(product(weights_BNTS, v), mask);
  });
}

/**
 * Multi-head attention on projected queries, keys and values.
 *
 * @param q_BNTH [B, N, T, H]
 * @param k_BNSH [B, N, S, H]
 * @param v_BNSH [B, N, S, H], or another last dimension
 * @returns [B, N, T, last dimension of v]
 * @throws Error when the shapes do not fit each other or the mask
 */
export function attention(q_BNTH: Tensor, k_BNSH: Tensor, v_BNSH: Tensor, options: AttentionOptions = {}): Tensor {
  const [b, n, , h] = q_BNTH.shape as [number, number, number, number];
  const { mask = "causal", scale = h ** -0.5, dropout = 0 } = options;
  const [bK, nK, s, hK] = k_BNSH.shape;
  if (q_BNTH.rank !== 4 || k_BNSH.rank !== 4 || bK !== b || nK !== n || hK !== h) {
    throw new Error(
      `attention: q [B,N,T,H] and k [B,N,S,H] must agree in B, N, H, got [${q_BNTH.shape}] and [${k_BNSH.shape}]`,
    );
  }
  if (v_BNSH.rank !== 4 || v_BNSH.shape.slice(0, 3).join() !== `${b},${n},${s}`) {
    throw new Error(`attention: v must have shape [${b},${n},${s},…] to match k, got [${v_BNSH.shape}]`);
  }
  if (dropout > 0) return composite(q_BNTH, k_BNSH, v_BNSH, mask, scale, dropout);
  const tensor = typeof mask === "string" ? undefined : mask;
  return op({ q: q_BNTH, k: k_BNSH, v: v_BNSH, mask: tensor }, { causal: mask === "causal", scale });
}
