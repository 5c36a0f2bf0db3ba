// A pre-norm transformer block: attention mixes positions, then the feed-forward works on each alone, and
// both only add to the residual stream.
//
//   h = x + dropout(attention(norm₁(x)))
//   y = h + dropout(feedForward(norm₂(h)))
//
// Sources: Vaswani et al., arXiv:1706.03762; the norms stand before the sub-layers as in GPT-2, see
// Xiong et al., "On layer normalization in the transformer architecture", arXiv:2002.04745.
// Shapes: B batch, T time, D model dim.

import { dropout as drop } from "@llm/dropout";
import { registerGradients } from "@llm/ops";
import { add, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** The four functions that a block is made of, each [B, T, D] → [B, T, D]. */
export interface PreNormBlockParts {
  norm1: (x: Tensor) => Tensor;
  attention: (x: Tensor) => Tensor;
  norm2: (x: Tensor) => Tensor;
  feedForward: (x: Tensor) => Tensor;
  /** Probability with which an element of either branch is dropped. Default 0. */
  dropout?: number;
}

/**
 * One pre-norm block.
 *
 * @param x_BTD the residual stream, [B, T, D]
 * @returns [B, T, D]
 * @throws Error when a branch changes the shape
 */
export function preNormBlock(x_BTD: Tensor, parts: PreNormBlockParts): Tensor {
  const { norm1, attention, norm2, feedForward, dropout = 0 } = parts;
  registerGradients();
  return tidy(() => {
    const h_BTD = residual(x_BTD, attention(norm1(x_BTD)), dropout, "attention");
    return residual(h_BTD, feedForward(norm2(h_BTD)), dropout, "feedForward");
  });
}

function residual(x: Tensor, branch: Tensor, rate: number, name: string): Tensor {
  if (branch.shape.join() !== x.shape.join()) {
    throw new Error(`preNormBlock: ${name} must keep the shape [${x.shape}], got [${branch.shape}]`);
  }
  return add(x, drop(branch, rate));
}
