// BLOOM: GPT with ALiBi instead of position embeddings, and a norm on the token embeddings, for stability.
//
//   x = norm(E[ids]),  x = block_i(x) for each layer,  logits = norm(x)·Eᵀ
//
// Source: Le Scao et al., "BLOOM", arXiv:2211.05100. ALiBi here is the paper's −m·(i − j); Hugging Face adds m·j, which
// differs by a number in each row, that the softmax ignores. Initialization: normal with σ = 0.02, the projections that
// write to the residual stream with σ/√(2L), biases zero.
// Shapes: B batch, T time, D model dim, V vocabulary.

import { alibiSlopes } from "@llm/alibi";
import { MultiHeadAttention, type SelfAttentionOptions } from "@llm/attention";
import { Decoder, throughLayers } from "@llm/decoder";
import { Embedding } from "@llm/embedding";
import { LayerNorm } from "@llm/layernorm";
import { linear } from "@llm/linear";
import { MLP } from "@llm/mlp";
import { Random } from "@llm/random";
import { TransformerBlock } from "@llm/transformer-block";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type BloomConfig, resolveConfig } from "./config.js";

const STD = 0.02;

/** A BLOOM language model; see `bloomPresets` for the published sizes. */
export class Bloom extends Decoder<Required<BloomConfig>> {
  embedTokens: Embedding;
  embedNorm: LayerNorm;
  layers: TransformerBlock<SelfAttentionOptions>[];
  norm: LayerNorm;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error when a size is not a positive whole number, or `heads` does not divide `dim`
   */
  constructor(config: BloomConfig, random: Random = new Random(0)) {
    super(resolveConfig(config));
    const { vocabSize, dim, layers, normEps } = this.config;
    this.embedTokens = new Embedding({ vocabSize, dim, std: STD, random: random.fork("embed_tokens") });
    this.embedNorm = new LayerNorm({ dim, eps: normEps });
    this.layers = Array.from({ length: layers }, (_, i) => block(this.config, random.fork("layers", i)));
    this.norm = new LayerNorm({ dim, eps: normEps });
  }

  protected hidden(ids_BT: Tensor, options: SelfAttentionOptions): Tensor {
    const embedded_BTD = this.embedNorm.forward(this.embedTokens.forward(ids_BT));
    return this.norm.forward(throughLayers(this.layers, embedded_BTD, options));
  }

  protected head(hidden_BTD: Tensor): Tensor {
    return linear(hidden_BTD, this.embedTokens.weight);
  }
}

function block(config: Required<BloomConfig>, random: Random): TransformerBlock<SelfAttentionOptions> {
  const { dim, heads, hiddenDim, layers, dropout, normEps } = config;
  const init = { std: STD, projectionStd: STD / Math.sqrt(2 * layers) };
  const attention = { dim, heads, slopes: alibiSlopes(heads), dropout, ...init };
  return new TransformerBlock<SelfAttentionOptions>({
    inputLayernorm: new LayerNorm({ dim, eps: normEps }),
    selfAttn: new MultiHeadAttention({ ...attention, random: random.fork("self_attn") }),
    postAttentionLayernorm: new LayerNorm({ dim, eps: normEps }),
    mlp: new MLP({ dim, hiddenDim, ...init, random: random.fork("mlp") }),
    dropout,
  });
}
