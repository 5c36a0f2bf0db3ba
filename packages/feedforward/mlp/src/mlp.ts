// The feed-forward network of a transformer: two linear maps with an activation between them.
//
//   y = act(x·W₁ᵀ + b₁)·W₂ᵀ + b₂
//
// Source: Vaswani et al., "Attention Is All You Need", https://arxiv.org/abs/1706.03762, with ReLU; GPT-2 has
// the tanh form of GELU, which is the default here. Weights are [out, in] as in `@llm/linear`.
// Shapes: D model dim, F hidden.

import { type ActivationName, activation as byName } from "@llm/activations";
import { linear } from "@llm/linear";
import { type Tensor, tidy } from "@tensorflow/tfjs-core";

/** What a feed-forward network may be told. */
export interface MLPOptions {
  /** Default "gelu_tanh", GPT-2's. */
  activation?: ActivationName;
}

/**
 * Expand, activate, contract.
 *
 * @param x_D [..., D], at least two dimensions
 * @param w1_FD [F, D]
 * @param b1_F [F], or undefined for none
 * @param w2_DF [D, F]
 * @param b2_D [D], or undefined for none
 * @returns [..., D]
 * @throws Error when the shapes do not fit, or the activation is unknown
 */
export function mlp(
  x_D: Tensor,
  w1_FD: Tensor,
  b1_F: Tensor | undefined,
  w2_DF: Tensor,
  b2_D: Tensor | undefined,
  { activation = "gelu_tanh" }: MLPOptions = {},
): Tensor {
  if (w1_FD.rank !== 2 || w2_DF.rank !== 2 || w1_FD.shape[0] !== w2_DF.shape[1]) {
    throw new Error(
      `mlp: w1 must be [hidden, dim] and w2 [out, hidden] with the same hidden, got [${w1_FD.shape}] and [${w2_DF.shape}]`,
    );
  }
  const act = byName(activation);
  return tidy(() => linear(act(linear(x_D, w1_FD, b1_F)), w2_DF, b2_D));
}
