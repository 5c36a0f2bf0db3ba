// Grouped-query attention: groups of query heads share one head of keys and values.
//
//   head n attends with keys and values of head ⌊n / G⌋,  G = N/K
//
// Nothing is repeated in memory: the queries of a group stand below each other as G·T rows of one matrix,
// which is only another shape of the same data, and one product with the shared keys serves them all.
// K = N is multi-head attention, K = 1 is multi-query attention.
// Source: Ainslie et al., "GQA", arXiv:2305.13245; Shazeer, arXiv:1911.02150 (K = 1).
// Shapes: B batch, N heads, K kv heads, T query time, S key time, H head dim.

import {
  type AttentionAttrs,
  type AttentionInputs,
  type AttentionOptions,
  attentionCall,
  attentionContract,
  attentionWeights,
  type Unfused,
} from "@llm/attention";
import { clearMaskedRows } from "@llm/mask";
import { defineOp, product } from "@llm/ops";
import { mul, reshape, type Tensor, tidy } from "@tensorflow/tfjs-core";

const op = defineOp<AttentionInputs, AttentionAttrs>({
  contract: attentionContract,
  composite: (inputs, attrs) => composite(inputs, attrs),
});

function composite(inputs: AttentionInputs, attrs: AttentionAttrs, unfused?: Unfused): Tensor {
  const { q, k, v } = inputs;
  const [b, n, t, h] = q.shape as [number, number, number, number];
  const [, kvHeads, s, hV] = v.shape as [number, number, number, number];
  const rows = (n / kvHeads) * t;
  return tidy(() => {
    const folded = product(reshape(mul(q, attrs.scale), [b, kvHeads, rows, h]), k, false, true);
    const { weights_BNTS, mask } = attentionWeights(reshape(folded, [b, n, t, s]), inputs, attrs, unfused);
    const values = product(reshape(weights_BNTS, [b, kvHeads, rows, s]), v);
    return clearMaskedRows(reshape(values, [b, n, t, hV]), mask);
  });
}

/**
 * Attention in which K heads of keys and values serve N query heads, K dividing N.
 *
 * @param q_BNTH [B, N, T, H]
 * @param k_BKSH [B, K, S, H]
 * @param v_BKSH [B, K, S, H], or another last dimension
 * @param options as for `attention`
 * @returns [B, N, T, last dimension of v]
 * @throws Error when the shapes do not fit each other or the options
 */
export function groupedQueryAttention(
  q_BNTH: Tensor,
  k_BKSH: Tensor,
  v_BKSH: Tensor,
  options: AttentionOptions = {},
): Tensor {
  const [b, n, , h] = q_BNTH.shape as [number, number, number, number];
  const [bK, kvHeads, s, hK] = k_BKSH.shape as [number, number, number, number];
  if (q_BNTH.rank !== 4 || k_BKSH.rank !== 4 || bK !== b || hK !== h || n % kvHeads !== 0) {
    throw new Error(
      "groupedQueryAttention: q [B,N,T,H] and k [B,K,S,H] must agree in B and H, and K must divide N, " +
        `got [${q_BNTH.shape}] and [${k_BKSH.shape}]`,
    );
  }
  if (v_BKSH.rank !== 4 || v_BKSH.shape.slice(0, 3).join() !== `${b},${kvHeads},${s}`) {
    throw new Error(
      `groupedQueryAttention: v must have shape [${b},${kvHeads},${s},…] to match k, got [${v_BKSH.shape}]`,
    );
  }
  const given = { q: q_BNTH, k: k_BKSH, v: v_BKSH };
  return tidy(() => {
    const { inputs, attrs, unfused } = attentionCall("groupedQueryAttention", given, options);
    return unfused ? composite(inputs, attrs, unfused) : op(inputs, attrs);
  });
}
