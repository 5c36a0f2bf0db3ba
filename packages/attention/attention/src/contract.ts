// What a fused attention kernel and the functions that call it agree on.

import type { Contract } from "@llm/ops";
import type { Tensor } from "@tensorflow/tfjs-core";

/**
 * A fused kernel `Attention` computes everything without keeping scores in memory; `logsumexp` [B, N, T] is
 * what its gradient needs instead. k and v may have fewer heads than q: K that divides N, each serving the
 * next N/K query heads. Attributes: `causal`, `scale`. Optional inputs, as in `AttentionOptions`: `mask`, with
 * which `causal` is false, `lengths`, `prefix`, only with `causal`, and `slopes`. It is not called with dropout.
 */
export const attentionContract: Contract = {
  name: "Attention",
  differentiable: ["q", "k", "v"],
  saved: ["q", "k", "v", "mask", "lengths", "prefix", "slopes", "value", "logsumexp"],
  statistics: ["logsumexp"],
};

/** Inputs by the names of the contract. */
export type AttentionInputs = {
  q: Tensor;
  k: Tensor;
  v: Tensor;
  mask: Tensor | undefined;
  lengths: Tensor | undefined;
  prefix: Tensor | undefined;
  slopes: Tensor | undefined;
};

/** Attributes of the contract. */
export type AttentionAttrs = { causal: boolean; scale: number };
