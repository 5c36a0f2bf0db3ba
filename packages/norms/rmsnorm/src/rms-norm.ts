// Divides the last dimension by its root mean square, then scales it. The mean is not subtracted.
//
//   y = x / √(mean(x²) + ε) ⊙ w
//
// Source: Zhang, Sennrich, "Root Mean Square Layer Normalization", https://arxiv.org/abs/1910.07467. ε, which
// the paper does not have, stands under the root as in LLaMA. Gemma's weight is stored as w − 1: add 1 to it.
// Shapes: D model dim.

import { type Contract, defineOp } from "@llm/ops";
import { add, mean, mul, rsqrt, square, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** A fused kernel `RMSNorm` also returns 1/√(mean(x²) + ε) of each row, [..., 1]. */
export const rmsNormContract: Contract = {
  name: "RMSNorm",
  differentiable: ["x", "weight"],
  saved: ["x", "weight", "scale"],
  statistics: ["scale"],
};

/** What an RMS norm may be told. */
export interface RMSNormOptions {
  /** Added to the mean square; above 0. Default 1e-6 as LLaMA 1; LLaMA 2 and 3 have 1e-5. */
  eps?: number;
}

const op = defineOp<{ x: Tensor; weight: Tensor }, { eps: number }>({
  contract: rmsNormContract,
  composite: ({ x, weight }, { eps }) => mul(mul(x, rsqrt(add(mean(square(x), -1, true), eps))), weight),
});

/**
 * Root-mean-square normalization of the last dimension.
 *
 * @param x_D [..., D]
 * @param weight_D [D]
 * @returns [..., D]
 * @throws Error when the weight does not match the last dimension, or eps is not above 0
 */
export function rmsNorm(x_D: Tensor, weight_D: Tensor, { eps = 1e-6 }: RMSNormOptions = {}): Tensor {
  if (x_D.rank === 0) throw new Error("rmsNorm: x must have at least one dimension, got a scalar");
  const dim = x_D.shape[x_D.rank - 1];
  if (weight_D.rank !== 1 || weight_D.shape[0] !== dim) {
    throw new Error(`rmsNorm: weight must have shape [${dim}] to match x [${x_D.shape}], got [${weight_D.shape}]`);
  }
  if (!(eps > 0)) throw new Error(`rmsNorm: eps must be above 0, or rows of zeros become NaN; got ${eps}`);
  return tidy(() => op({ x: x_D, weight: weight_D }, { eps }));
}
