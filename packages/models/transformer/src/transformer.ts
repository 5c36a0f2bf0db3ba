// The Transformer as it was published: an encoder and a decoder of attention, for translation.
//
//   x = √D·E[ids] + P,  x = norm(x + attention(x)),  [x = norm(x + attention(x, memory)),]  x = norm(x + mlp(x))
//   logits = x·Eᵀ
//
// Source: Vaswani et al., "Attention is all you need", arXiv:1706.03762. One matrix is the embedding of both sides and
// the head (§3.4), with initial σ = 1/√D. The paper is silent on biases of the projections; they are there, as in
// PyTorch's nn.Transformer, which on the other hand ends each stack with one more norm.
// Shapes: B batch, S source time, T target time, D model dim, V vocabulary.

import { MultiHeadAttention, type SelfAttentionOptions } from "@llm/attention";
import { CrossAttention } from "@llm/cross-attention";
import { throughLayers } from "@llm/decoder";
import { Dropout } from "@llm/dropout";
import { Embedding } from "@llm/embedding";
import { type DecoderLayerOptions, EncoderDecoder } from "@llm/encoder-decoder";
import { LayerNorm } from "@llm/layernorm";
import { linear } from "@llm/linear";
import { MLP } from "@llm/mlp";
import { Module } from "@llm/module";
import { Random } from "@llm/random";
import { sinusoidal } from "@llm/sinusoidal";
import { TransformerBlock } from "@llm/transformer-block";
import { add, mul, type Tensor } from "@tensorflow/tfjs-core";
import { resolveConfig, type TransformerConfig } from "./config.js";

type Config = Required<TransformerConfig>;

/** The layers of one side. */
class Stack<B extends Module> extends Module {
  layers: B[];

  constructor(layers: B[]) {
    super();
    this.layers = layers;
  }
}

/** The Transformer of 2017; see `transformerPresets` for its sizes. */
export class Transformer extends EncoderDecoder<Config> {
  /** Of both sides, and the head. */
  embedTokens: Embedding;
  dropout: Dropout;
  encoder: Stack<TransformerBlock<SelfAttentionOptions>>;
  decoder: Stack<TransformerBlock<DecoderLayerOptions>>;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error when a size is not a positive whole number, or `heads` does not divide `dim`
   */
  constructor(config: TransformerConfig, random: Random = new Random(0)) {
    super(resolveConfig(config));
    const { vocabSize, dim, heads, layers, decoderLayers, dropout } = this.config;
    this.embedTokens = new Embedding({ vocabSize, dim, std: dim ** -0.5, random: random.fork("embed_tokens") });
    this.dropout = new Dropout({ rate: dropout });
    const parts = (side: string, i: number): Parts => blockParts(this.config, random.fork(side, i));
    this.encoder = new Stack(
      Array.from({ length: layers }, (_, i) => new TransformerBlock<SelfAttentionOptions>(parts("encoder", i))),
    );
    this.decoder = new Stack(
      Array.from({ length: decoderLayers }, (_, i) => {
        const crossAttnLayernorm = new LayerNorm({ dim, eps: this.config.normEps });
        const crossAttn = new CrossAttention({ dim, heads, random: random.fork("decoder", i, "cross_attn") });
        return new TransformerBlock<DecoderLayerOptions>({ ...parts("decoder", i), crossAttnLayernorm, crossAttn });
      }),
    );
  }

  protected encoded(ids_BS: Tensor, options: SelfAttentionOptions): Tensor {
    return throughLayers(this.encoder.layers, this.#embedded(ids_BS, 0), options);
  }

  protected decoded(ids_BT: Tensor, options: DecoderLayerOptions): Tensor {
    const x_BTD = this.#embedded(ids_BT, options.cache?.length ?? 0);
    return throughLayers<DecoderLayerOptions>(this.decoder.layers, x_BTD, options);
  }

  protected crossAttentions(): CrossAttention[] {
    return this.decoder.layers.map((layer) => layer.crossAttn as CrossAttention);
  }

  protected head(hidden_BTD: Tensor): Tensor {
    return linear(hidden_BTD, this.embedTokens.weight);
  }

  #embedded(ids: Tensor, offset: number): Tensor {
    const { dim } = this.config;
    const positions_TD = sinusoidal(ids.shape[1] as number, dim, { offset });
    return this.dropout.forward(add(mul(this.embedTokens.forward(ids), Math.sqrt(dim)), positions_TD));
  }
}

interface Parts {
  inputLayernorm: LayerNorm;
  selfAttn: MultiHeadAttention;
  postAttentionLayernorm: LayerNorm;
  mlp: MLP;
  residual: "post";
  dropout: number;
}

/** What the blocks of both sides have. */
function blockParts({ dim, heads, hiddenDim, dropout, normEps }: Config, random: Random): Parts {
  return {
    inputLayernorm: new LayerNorm({ dim, eps: normEps }),
    selfAttn: new MultiHeadAttention({ dim, heads, random: random.fork("self_attn") }),
    postAttentionLayernorm: new LayerNorm({ dim, eps: normEps }),
    mlp: new MLP({ dim, hiddenDim, activation: "relu", random: random.fork("mlp") }),
    residual: "post",
    dropout,
  };
}
