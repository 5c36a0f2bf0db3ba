// A transformer block: attention mixes positions, then the feed-forward works on each alone, and both only add to the
// residual stream.
//
//   h = residual(x, norm₁, attention),  y = residual(h, norm₂, feedForward)
//
// with residual(x, norm, f) = x + dropout(f(norm(x))) where nothing else is said.
// Sources: Vaswani et al., arXiv:1706.03762; the norms stand before the sub-layers as in GPT-2, see
// Xiong et al., "On layer normalization in the transformer architecture", arXiv:2002.04745.
// Shapes: B batch, T time, D model dim.

import { dropout as drop } from "@llm/dropout";
import { registerGradients } from "@llm/ops";
import { type Tensor, tidy } from "@tensorflow/tfjs-core";
import { preNorm, type Residual } from "./residual.js";

/** One of a block's branches and its norm, each [B, T, D] → [B, T, D]. */
export interface Branch {
  /** What errors call it. */
  name: string;
  norm: (x: Tensor) => Tensor;
  branch: (x: Tensor) => Tensor;
}

/** How branches join the stream. */
export interface BranchOptions {
  /** Default `preNorm`. */
  residual?: Residual;
  /** Probability with which an element of a branch is dropped. Default 0. */
  dropout?: number;
}

/**
 * Branches one after the other, each joined to the stream: what every sequential block is.
 *
 * @param x_BTD the residual stream, [B, T, D]
 * @returns [B, T, D]
 * @throws Error when a branch changes the shape
 */
export function throughBranches(
  x_BTD: Tensor,
  branches: readonly Branch[],
  { residual = preNorm, dropout = 0 }: BranchOptions = {},
): Tensor {
  registerGradients();
  return tidy(() =>
    branches.reduce((x, { name, norm, branch }) => residual(x, norm, (h) => drop(checked(branch(h), h, name), dropout)), x_BTD),
  );
}

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
  const { norm1, attention, norm2, feedForward, dropout } = parts;
  const branches = [
    { name: "attention", norm: norm1, branch: attention },
    { name: "feedForward", norm: norm2, branch: feedForward },
  ];
  return throughBranches(x_BTD, branches, { dropout });
}

function checked(branch: Tensor, x: Tensor, name: string): Tensor {
  if (branch.shape.join() === x.shape.join()) return branch;
  throw new Error(`transformer block: ${name} must keep the shape [${x.shape}], got [${branch.shape}]`);
}
