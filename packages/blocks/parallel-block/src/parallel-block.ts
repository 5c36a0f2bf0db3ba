// A block whose attention and feed-forward work side by side, on the same input.
//
//   y = x + dropout(attention(norm₁(x))) + dropout(feedForward(norm₂(x)))
//
// One norm serves both in GPT-J, PaLM and Falcon-7B; Falcon-40B and GPT-NeoX have two. Side by side, the two first
// products are one, and with tensor parallelism a layer communicates once instead of twice.
// Sources: Wang, Komatsuzaki, "GPT-J-6B", 2021; Chowdhery et al., "PaLM", https://arxiv.org/abs/2204.02311, §2.
// Shapes: B batch, T time, D model dim.

import { dropout as drop } from "@llm/dropout";
import { registerGradients } from "@llm/ops";
import { addN, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** The functions that a block is made of, each [B, T, D] → [B, T, D]. */
export interface ParallelBlockParts {
  norm: (x: Tensor) => Tensor;
  attention: (x: Tensor) => Tensor;
  /** The feed-forward's own norm. Default: the attention's, computed once. */
  feedForwardNorm?: ((x: Tensor) => Tensor) | undefined;
  feedForward: (x: Tensor) => Tensor;
  /** Probability with which an element of either branch is dropped. Default 0. */
  dropout?: number;
}

/**
 * One parallel block.
 *
 * @param x_BTD the residual stream, [B, T, D]
 * @returns [B, T, D]
 * @throws Error when a branch changes the shape
 */
export function parallelBlock(x_BTD: Tensor, parts: ParallelBlockParts): Tensor {
  const { norm, attention, feedForwardNorm, feedForward, dropout = 0 } = parts;
  registerGradients();
  return tidy(() => {
    const normed_BTD = norm(x_BTD);
    const attended = branch("attention", attention(normed_BTD), x_BTD);
    const fed = branch("feedForward", feedForward(feedForwardNorm?.(x_BTD) ?? normed_BTD), x_BTD);
    return addN([x_BTD, drop(attended, dropout), drop(fed, dropout)]);
  });
}

function branch(name: string, y: Tensor, x: Tensor): Tensor {
  if (y.shape.join() === x.shape.join()) return y;
  throw new Error(`parallelBlock: ${name} must keep the shape [${x.shape}], got [${y.shape}]`);
}
