// How a layer joins the residual stream: where the norms stand around it.
//
//   pre       x + f(norm(x))                  GPT-2, LLaMA: the stream is never normed, deep models train
//   post      norm(x + f(x))                  the 2017 transformer, BERT: strong at little depth, needs warm-up
//   sandwich  x + outputNorm(f(norm(x)))      CogView, Gemma 2: bounds what a layer adds
//   deepnorm  norm(α·x + f(x))                DeepNet: post-norm for a thousand layers
//   glm       α·h + f(h),  h = norm(x)        GLM-130B, ChatGLM-6B
//
// Sources: Xiong et al., https://arxiv.org/abs/2002.04745 (pre, post); Ding et al., https://arxiv.org/abs/2105.13290
// (sandwich); Wang et al., https://arxiv.org/abs/2203.00555 (deepnorm); Zeng et al., https://arxiv.org/abs/2210.02414 (glm).
// Dropout falls on f, before an output norm.
// Shapes: B batch, T time, D model dim.

import { deepNorm, glmNorm } from "@llm/deepnorm";
import { dropout as drop } from "@llm/dropout";
import { registerGradients } from "@llm/ops";
import { add, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** Where the norms stand. */
export type ResidualStyle = "pre" | "post" | "sandwich" | "deepnorm" | "glm";

/** How a layer joins the stream; each function [B, T, D] → [B, T, D]. */
export interface ResidualOptions {
  /** Default "pre". */
  style?: ResidualStyle;
  norm: (x: Tensor) => Tensor;
  /** The second norm of "sandwich". */
  outputNorm?: ((x: Tensor) => Tensor) | undefined;
  /** Scale of the residual for "deepnorm" and "glm", from `@llm/deepnorm`. */
  alpha?: number | undefined;
  /** Probability with which an element of what the layer adds is dropped. Default 0. */
  dropout?: number;
  /** What errors call the layer. Default "the branch". */
  name?: string;
}

/**
 * The stream after a layer.
 *
 * @param x_BTD the residual stream
 * @param branch the layer f
 * @returns [B, T, D]
 * @throws Error when the branch changes the shape, the style is unknown, or it lacks what it needs
 */
export function residual(x_BTD: Tensor, branch: (x: Tensor) => Tensor, options: ResidualOptions): Tensor {
  const { style = "pre", norm, outputNorm, alpha, dropout = 0, name = "the branch" } = options;
  const f = (x: Tensor): Tensor => {
    const y = branch(x);
    if (y.shape.join() === x.shape.join()) return drop(y, dropout);
    throw new Error(`residual: ${name} must keep the shape [${x.shape}], got [${y.shape}]`);
  };
  checkStyle(style, { outputNorm, alpha });
  registerGradients();
  return tidy(() => {
    if (style === "pre") return add(x_BTD, f(norm(x_BTD)));
    if (style === "post") return norm(add(x_BTD, f(x_BTD)));
    if (style === "sandwich") return add(x_BTD, outputNorm?.(f(norm(x_BTD))) as Tensor);
    const join = style === "deepnorm" ? deepNorm : glmNorm;
    return join(x_BTD, { norm, branch: f, alpha: alpha as number });
  });
}

/**
 * Whether a style has what it needs.
 *
 * @throws Error for an unknown style, "sandwich" without its second norm, or a scaled residual without its scale
 */
export function checkStyle(style: ResidualStyle, has: { outputNorm?: unknown; alpha?: number | undefined }): void {
  if (!["pre", "post", "sandwich", "deepnorm", "glm"].includes(style)) {
    throw new Error(
      `residual: style must be "pre", "post", "sandwich", "deepnorm" or "glm", got ${JSON.stringify(style)}`,
    );
  }
  if (style === "sandwich" && !has.outputNorm) {
    throw new Error('residual: "sandwich" needs a second norm, for what the layer adds: outputNorm');
  }
  if ((style === "deepnorm" || style === "glm") && has.alpha === undefined) {
    throw new Error(`residual: "${style}" needs the scale alpha; @llm/deepnorm has it for each depth`);
  }
}
