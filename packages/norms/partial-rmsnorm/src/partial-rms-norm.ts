// RMS norm whose root mean square is estimated from the first few features.
//
//   y = x / √(mean(x₁² … x_k²) + ε) ⊙ w,   k = ⌈p·D⌉
//
// Source: Zhang, Sennrich, "Root Mean Square Layer Normalization", https://arxiv.org/abs/1910.07467, §4 (pRMSNorm), where
// p = 6.25 % trains as well as all features. With p = 1 it is `@llm/rmsnorm`.
// Shapes: D model dim.

import { registerGradients } from "@llm/ops";
import { add, mean, mul, rsqrt, slice, square, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** What a partial RMS norm may be told. */
export interface PartialRMSNormOptions {
  /** p, above 0 and up to 1. Default 0.0625, the paper's. */
  fraction?: number;
  /** Added to the mean square; above 0. Default 1e-6. */
  eps?: number;
}

/**
 * Partial root-mean-square normalization of the last dimension.
 *
 * @param x_D [..., D]
 * @param weight_D [D]
 * @returns [..., D]
 * @throws Error when the weight does not match the last dimension, or fraction or eps are out of range
 */
export function partialRmsNorm(
  x_D: Tensor,
  weight_D: Tensor,
  { fraction = 0.0625, eps = 1e-6 }: PartialRMSNormOptions = {},
): Tensor {
  const dim = x_D.shape[x_D.rank - 1] ?? 0;
  if (weight_D.rank !== 1 || weight_D.shape[0] !== dim) {
    throw new Error(
      `partialRmsNorm: weight must have shape [${dim}] to match x [${x_D.shape}], got [${weight_D.shape}]`,
    );
  }
  if (!(fraction > 0 && fraction <= 1)) {
    throw new Error(`partialRmsNorm: fraction must be above 0 and at most 1, got ${fraction}`);
  }
  if (!(eps > 0)) throw new Error(`partialRmsNorm: eps must be above 0, or rows of zeros become NaN; got ${eps}`);
  registerGradients();
  return tidy(() => {
    const size = [...x_D.shape.slice(0, -1), Math.ceil(fraction * dim)];
    const first = slice(
      x_D,
      x_D.shape.map(() => 0),
      size,
    );
    return mul(mul(x_D, rsqrt(add(mean(square(first), -1, true), eps))), weight_D);
  });
}
