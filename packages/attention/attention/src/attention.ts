// Softmax attention: each query takes the mean of the values, weighted by how well their keys match it.
//
//   attention(Q, K, V) = softmax(scale · Q·Kᵀ + mask)·V,  scale = 1/√H
//
// Source: Vaswani et al., "Attention is all you need", arXiv:1706.03762, §3.2.1. The queries are scaled
// instead of the scores, which are larger. A query without any allowed key gives zeros, where PyTorch gives NaN.
// Shapes: B batch, N heads, T query time, S key time, H head dim.

import { clearMaskedRows } from "@llm/mask";
import { defineOp, product } from "@llm/ops";
import { mul, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type AttentionAttrs, type AttentionInputs, attentionContract } from "./contract.js";
import { type AttentionOptions, attentionCall } from "./options.js";
import { attentionWeights, type Unfused } from "./weights.js";

// With a bias, a cap or dropout, which fused kernels lack, the composite runs.
const op = defineOp<AttentionInputs, AttentionAttrs>({
  contract: attentionContract,
  composite: (inputs, attrs) => composite(inputs, attrs),
});

function composite(inputs: AttentionInputs, attrs: AttentionAttrs, unfused?: Unfused): Tensor {
  const { q, k, v } = inputs;
  return tidy(() => {
    const scores_BNTS = product(mul(q, attrs.scale), k, false, true);
    const { weights_BNTS, mask } = attentionWeights(scores_BNTS, inputs, attrs, unfused);
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
 * @throws Error when the shapes do not fit each other or the options
 */
export function attention(q_BNTH: Tensor, k_BNSH: Tensor, v_BNSH: Tensor, options: AttentionOptions = {}): Tensor {
  const [b, n, , h] = q_BNTH.shape;
  const [bK, nK, s, hK] = k_BNSH.shape;
  if (q_BNTH.rank !== 4 || k_BNSH.rank !== 4 || bK !== b || nK !== n || hK !== h) {
    throw new Error(
      `attention: q [B,N,T,H] and k [B,N,S,H] must agree in B, N, H, got [${q_BNTH.shape}] and [${k_BNSH.shape}]`,
    );
  }
  if (v_BNSH.rank !== 4 || v_BNSH.shape.slice(0, 3).join() !== `${b},${n},${s}`) {
    throw new Error(`attention: v must have shape [${b},${n},${s},…] to match k, got [${v_BNSH.shape}]`);
  }
  return tidy(() => {
    const { inputs, attrs, unfused } = attentionCall("attention", { q: q_BNTH, k: k_BNSH, v: v_BNSH }, options);
    return unfused ? composite(inputs, attrs, unfused) : op(inputs, attrs);
  });
}
