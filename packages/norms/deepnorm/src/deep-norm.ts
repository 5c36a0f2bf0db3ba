// Residual connections for very deep models: the stream weighs more than what a layer adds to it.
//
//   deepNorm(x) = norm(α·x + f(x))        glmNorm(x) = α·h + f(h),  h = norm(x)
//
// Source: Wang et al., "DeepNet: scaling transformers to 1,000 layers", https://arxiv.org/abs/2203.00555. GLM-130B and
// ChatGLM-6B shift the norms by half a layer: the residual carries the normed input, and a norm follows the last layer.
// Shapes: B batch, T time, D model dim.

import { registerGradients } from "@llm/ops";
import { add, mul, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** What a residual connection goes around, and by what it is normed; each [..., D] → [..., D]. */
export interface DeepNormParts {
  norm: (x: Tensor) => Tensor;
  branch: (x: Tensor) => Tensor;
  /** Scale of the residual, from `deepNormConstants` or `glmNormConstants`. */
  alpha: number;
}

/**
 * norm(α·x + f(x)).
 *
 * @param x_BTD [..., D]
 * @returns [..., D]
 * @throws Error unless alpha is above 0
 */
export function deepNorm(x_BTD: Tensor, { norm, branch, alpha }: DeepNormParts): Tensor {
  check("deepNorm", alpha);
  return tidy(() => norm(add(mul(x_BTD, alpha), branch(x_BTD))));
}

/**
 * α·h + f(h) with h = norm(x).
 *
 * @param x_BTD [..., D]
 * @returns [..., D]
 * @throws Error unless alpha is above 0
 */
export function glmNorm(x_BTD: Tensor, { norm, branch, alpha }: DeepNormParts): Tensor {
  check("glmNorm", alpha);
  return tidy(() => {
    const h_BTD = norm(x_BTD);
    return add(mul(h_BTD, alpha), branch(h_BTD));
  });
}

function check(name: string, alpha: number): void {
  registerGradients();
  if (!(alpha > 0 && Number.isFinite(alpha))) {
    throw new Error(`${name}: alpha must be above 0; take it from deepNormConstants or glmNormConstants, got ${alpha}`);
  }
}
