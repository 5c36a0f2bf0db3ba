// Normalizes the last dimension to mean 0 and variance 1, then scales and shifts it.
//
//   y = (x − μ) / √(σ² + ε) ⊙ w + b,   μ = mean(x),  σ² = mean((x − μ)²)
//
// Source: Ba, Kiros, Hinton, "Layer Normalization", https://arxiv.org/abs/1607.06450. The variance is the
// biased one and ε stands under the root, as in PyTorch. Two passes over the data: the mean is subtracted
// before squaring, so a large common offset costs no precision.
// Shapes: D model dim.

import { type Contract, defineOp } from "@llm/ops";
import { add, mean, mul, rsqrt, square, sub, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** A fused kernel `LayerNorm` also returns the mean and 1/√(σ² + ε) of each row, both [..., 1]. */
export const layerNormContract: Contract = {
  name: "LayerNorm",
  differentiable: ["x", "weight", "bias"],
  saved: ["x", "weight", "mean", "scale"],
  statistics: ["mean", "scale"],
};

/** What a layer norm may be told. */
export interface LayerNormOptions {
  /** Added to the variance; above 0. Default 1e-5, as PyTorch and GPT-2 have it. */
  eps?: number;
}

const op = defineOp<{ x: Tensor; weight: Tensor; bias?: Tensor }, { eps: number }>({
  contract: layerNormContract,
  composite: ({ x, weight, bias }, { eps }) => {
    const centered = sub(x, mean(x, -1, true));
    const variance = mean(square(centered), -1, true);
    const y = mul(mul(centered, rsqrt(add(variance, eps))), weight);
    return bias ? add(y, bias) : y;
  },
});

/**
 * Layer normalization of the last dimension.
 *
 * @param x_D [..., D]
 * @param weight_D [D]
 * @param bias_D [D]
 * @returns [..., D]
 * @throws Error when weight or bias do not match the last dimension, or eps is not above 0
 */
export function layerNorm(
  x_D: Tensor,
  weight_D: Tensor,
  bias_D?: Tensor,
  { eps = 1e-5 }: LayerNormOptions = {},
): Tensor {
  checkVector("weight", weight_D, x_D);
  if (bias_D) checkVector("bias", bias_D, x_D);
  if (!(eps > 0)) throw new Error(`layerNorm: eps must be above 0, or constant rows become NaN; got ${eps}`);
  return tidy(() => op({ x: x_D, weight: weight_D, bias: bias_D }, { eps }));
}

function checkVector(name: string, vector: Tensor, x: Tensor): void {
  if (x.rank === 0) throw new Error("layerNorm: x must have at least one dimension, got a scalar");
  const dim = x.shape[x.rank - 1];
  if (vector.rank === 1 && vector.shape[0] === dim) return;
  throw new Error(`layerNorm: ${name} must have shape [${dim}] to match x [${x.shape}], got [${vector.shape}]`);
}
