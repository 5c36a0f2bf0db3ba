// A transformer block: attention mixes positions, then the feed-forward works on each alone, and each joins the
// residual stream in the same style. A decoder that listens to an encoder has cross-attention between the two.
//
//   pre-norm:  h = x + attention(norm₁(x)),  y = h + feedForward(norm₂(h))
//
// Sources: Vaswani et al., arXiv:1706.03762; Xiong et al., "On layer normalization in the transformer architecture",
// arXiv:2002.04745. The other styles stand in `@llm/residual`.
// Shapes: B batch, T time, D model dim.

import { type ResidualStyle, residual } from "@llm/residual";
import { type Tensor, tidy } from "@tensorflow/tfjs-core";

/** A layer and its norms, each [B, T, D] → [B, T, D]. */
export interface Sublayer {
  /** What errors call it. */
  name: string;
  layer: (x: Tensor) => Tensor;
  norm: (x: Tensor) => Tensor;
  /** The second norm of the style "sandwich". */
  outputNorm?: ((x: Tensor) => Tensor) | undefined;
}

/** How layers join the stream. */
export interface TransformerBlockOptions {
  /** Default "pre". */
  residual?: ResidualStyle;
  /** Scale of the residual, for the styles "deepnorm" and "glm". */
  alpha?: number | undefined;
  /** Probability with which an element of what a layer adds is dropped. Default 0. */
  dropout?: number;
}

/**
 * One block of any layers.
 *
 * @param x_BTD the residual stream, [B, T, D]
 * @returns [B, T, D]
 * @throws Error when a layer changes the shape, or as `residual` of `@llm/residual`
 */
export function transformerBlock(
  x_BTD: Tensor,
  sublayers: readonly Sublayer[],
  { residual: style = "pre", alpha, dropout = 0 }: TransformerBlockOptions = {},
): Tensor {
  return tidy(() =>
    sublayers.reduce(
      (x, { layer, name, norm, outputNorm }) => residual(x, layer, { style, norm, outputNorm, alpha, dropout, name }),
      x_BTD,
    ),
  );
}
