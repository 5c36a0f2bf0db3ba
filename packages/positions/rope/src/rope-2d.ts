// Rotary embedding in two dimensions: half of a head turns with one position, the other half with another.
//
//   rope2d(x, p, q) = [rope(x₁, p) ; rope(x₂, q)],   x = [x₁ ; x₂]
//
// Source: Du et al., "GLM", https://arxiv.org/abs/2103.10360, §2.1, where p is the place in the text (for a token that
// fills a blank: the place of its mask) and q the place within the blank (0 outside of it); rotary as in ChatGLM-6B.
// Shapes: B batch, N heads, T time, H head dim.

import { registerGradients } from "@llm/ops";
import { concat, reshape, slice, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type RopeLayout, rope } from "./rope.js";
import type { RopeTable } from "./table.js";

/** Which features of each half form a pair. */
export interface Rope2DOptions {
  /** Default "half", ChatGLM-6B's. */
  layout?: RopeLayout;
}

/**
 * Rotates both halves of queries or keys, each by its own positions.
 *
 * @param x_BNTH [B, N, T, H]
 * @param table from `ropeTable` with headDim = H/2
 * @param positions int32 [2, T], or [B, 2, T] where sequences differ
 * @returns the same shape
 * @throws Error when the shapes do not fit, or positions exceed the table
 */
export function rope2d(x_BNTH: Tensor, table: RopeTable, positions: Tensor, { layout }: Rope2DOptions = {}): Tensor {
  const [, , time, headDim] = x_BNTH.shape as [number, number, number, number];
  if (x_BNTH.rank !== 4 || headDim % 2 !== 0) {
    throw new Error(`rope2d: x must be [batch, heads, time, headDim] with an even headDim, got [${x_BNTH.shape}]`);
  }
  if (positions.rank < 2 || positions.rank > 3 || positions.shape.at(-2) !== 2) {
    throw new Error(
      `rope2d: positions must be [2, time] or [batch, 2, time], in the text and in the blank; got [${positions.shape}]`,
    );
  }
  registerGradients();
  return tidy(() => {
    const half = (i: 0 | 1): Tensor => {
      const start = positions.shape.map((_, axis) => (axis === positions.rank - 2 ? i : 0));
      const size = positions.shape.map((length, axis) => (axis === positions.rank - 2 ? 1 : length));
      const ids = reshape(slice(positions, start, size), positions.rank === 2 ? [time] : [-1, time]);
      const x = slice(x_BNTH, [0, 0, 0, (i * headDim) / 2], [-1, -1, -1, headDim / 2]);
      return rope(x, table, { layout, positions: ids });
    };
    return concat([half(0), half(1)], 3);
  });
}
