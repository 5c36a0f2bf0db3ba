// How a branch joins the residual stream, and where its norm stands.
//
//   pre        x + f(norm(x))             GPT-2, LLaMA: gradients reach every layer undamped
//   post       norm(x + f(x))             the Transformer of 2017, BERT
//   scaled     α·h + f(h),  h = norm(x)   GLM-130B, ChatGLM-6B with α = √(2·layers): the stream itself is normed
//
// Sources: Vaswani et al., arXiv:1706.03762 (post); Xiong et al., arXiv:2002.04745 (pre); Wang et al., "DeepNet",
// arXiv:2203.00555, and Zeng et al., "GLM-130B", arXiv:2210.02414 (scaled).
// Shapes: B batch, T time, D model dim.

import { add, mul, type Tensor } from "@tensorflow/tfjs-core";

/** Joins a branch to the stream x [B, T, D]; norm and branch are functions of the same shape. */
export type Residual = (x_BTD: Tensor, norm: (x: Tensor) => Tensor, branch: (x: Tensor) => Tensor) => Tensor;

/** x + f(norm(x)) */
export const preNorm: Residual = (x, norm, branch) => add(x, branch(norm(x)));

/** norm(x + f(x)) */
export const postNorm: Residual = (x, norm, branch) => norm(add(x, branch(x)));

/**
 * α·h + f(h) with h = norm(x).
 * @param alpha √(2·layers) in GLM-130B
 */
export function scaledNorm(alpha: number): Residual {
  return (x, norm, branch) => {
    const h = norm(x);
    return add(mul(h, alpha), branch(h));
  };
}
