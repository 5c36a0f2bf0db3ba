// T5: every task as text in, text out.
//
//   memory = encoder(E[source]),  logits = decoder(E[target], memory)·Eᵀ/√D    (or a head of its own, unscaled)
//
// Source: Raffel et al., "Exploring the limits of transfer learning with a unified text-to-text transformer",
// arXiv:1910.10683; version 1.1 has gated feed-forwards and its own head. Initial embeddings are normal with σ = 1.
// Shapes: B batch, S source time, T target time, D model dim, V vocabulary.

import type { SelfAttentionOptions } from "@llm/attention";
import type { CrossAttention } from "@llm/cross-attention";
import { Embedding } from "@llm/embedding";
import { type DecoderLayerOptions, EncoderDecoder } from "@llm/encoder-decoder";
import { Linear, linear } from "@llm/linear";
import { Random } from "@llm/random";
import { mul, type Tensor } from "@tensorflow/tfjs-core";
import { resolveConfig, type T5Config } from "./config.js";
import { T5Decoder, T5Encoder } from "./stacks.js";

/** A T5 model; see `t5Presets` for the published sizes. */
export class T5 extends EncoderDecoder<Required<T5Config>> {
  /** Of both sides. */
  embedTokens: Embedding;
  encoder: T5Encoder;
  decoder: T5Decoder;
  /** Absent when tied. */
  lmHead?: Linear;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error when a size is not a positive whole number, or the feed-forward is not known
   */
  constructor(config: T5Config, random: Random = new Random(0)) {
    super(resolveConfig(config));
    const { vocabSize, dim, tied } = this.config;
    this.embedTokens = new Embedding({ vocabSize, dim, std: 1, random: random.fork("embed_tokens") });
    this.encoder = new T5Encoder(this.config, random.fork("encoder"));
    this.decoder = new T5Decoder(this.config, random.fork("decoder"));
    if (!tied) this.lmHead = new Linear({ inDim: dim, outDim: vocabSize, bias: false, random: random.fork("lm_head") });
  }

  protected encoded(ids_BS: Tensor, options: SelfAttentionOptions): Tensor {
    return this.encoder.forward(this.embedTokens.forward(ids_BS), options);
  }

  protected decoded(ids_BT: Tensor, options: DecoderLayerOptions): Tensor {
    return this.decoder.forward(this.embedTokens.forward(ids_BT), options);
  }

  protected crossAttentions(): CrossAttention[] {
    return this.decoder.layers.map((layer) => layer.crossAttn as CrossAttention);
  }

  protected head(hidden_BTD: Tensor): Tensor {
    if (this.lmHead) return this.lmHead.forward(hidden_BTD);
    return linear(mul(hidden_BTD, this.config.dim ** -0.5), this.embedTokens.weight);
  }
}
