// Token embeddings that are normed before the first layer.
//
//   y = layerNorm(weight[ids])
//
// It keeps rare tokens' large gradients out of the network and made 100-billion-parameter runs in 16 bits stable, at some
// cost in quality. Sources: Dettmers et al., https://arxiv.org/abs/2110.02861 ("stable embedding"); Le Scao et al.,
// "BLOOM", https://arxiv.org/abs/2211.05100, §3.2.
// Shapes: V vocabulary, D model dim.

import { Embedding, type EmbeddingConfig } from "@llm/embedding";
import { LayerNorm } from "@llm/layernorm";
import { type Tensor, tidy } from "@tensorflow/tfjs-core";

/** Sizes, initialization, and the norm's ε. */
export interface NormedEmbeddingConfig extends EmbeddingConfig {
  /** Default 1e-5. */
  eps?: number;
}

/**
 * An `Embedding` followed by a `LayerNorm`, in its place: the table is still `weight`, so a tied head finds it there;
 * the norm is the child `norm`.
 */
export class NormedEmbedding extends Embedding {
  norm: LayerNorm;

  constructor({ eps = 1e-5, ...config }: NormedEmbeddingConfig) {
    super(config);
    this.norm = new LayerNorm({ dim: config.dim, eps });
  }

  /** int32 [...] → [..., dim] */
  override forward(ids: Tensor): Tensor {
    return tidy(() => this.norm.forward(super.forward(ids)));
  }
}
