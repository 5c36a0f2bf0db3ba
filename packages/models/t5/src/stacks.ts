// T5's two stacks. One table of relative biases serves all layers of a stack; attention to the encoder has none.
// Source: Raffel et al., arXiv:1910.10683, §2.1. Initialization as Mesh TensorFlow's: queries with σ = 1/√(D·H) because
// scores are not scaled, everything else with 1/√(input features).
// Shapes: B batch, T time, D model dim.

import { MultiHeadAttention, type SelfAttentionOptions } from "@llm/attention";
import { throughLayers } from "@llm/decoder";
import { Dropout } from "@llm/dropout";
import { GLU } from "@llm/glu";
import { MLP } from "@llm/mlp";
import { Module } from "@llm/module";
import type { Random } from "@llm/random";
import { RelativeBias } from "@llm/relative-bias";
import { RMSNorm } from "@llm/rmsnorm";
import { CrossAttentionBlock, TransformerBlock, type TransformerBlockConfig } from "@llm/transformer-block";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { T5Config } from "./config.js";

type Config = Required<T5Config>;

/** The stack that reads the source. */
export class T5Encoder extends Module {
  position: RelativeBias;
  layers: TransformerBlock<SelfAttentionOptions>[];
  norm: RMSNorm;
  dropout: Dropout;

  constructor(config: Config, random: Random) {
    super();
    this.position = table(config, "bidirectional", random);
    this.layers = Array.from({ length: config.layers }, (_, i) => {
      return new TransformerBlock(parts(config, random.fork("layers", i)));
    });
    this.norm = new RMSNorm({ dim: config.dim, eps: config.normEps });
    this.dropout = new Dropout({ rate: config.dropout });
  }

  /** [B, S, D] → [B, S, D] */
  forward(x_BSD: Tensor, options: SelfAttentionOptions): Tensor {
    const bias = this.position.forward(x_BSD.shape[1] as number);
    const y_BSD = throughLayers(this.layers, this.dropout.forward(x_BSD), { ...options, bias });
    return this.dropout.forward(this.norm.forward(y_BSD));
  }
}

/** The stack that writes the target. */
export class T5Decoder extends Module {
  position: RelativeBias;
  layers: CrossAttentionBlock<SelfAttentionOptions, SelfAttentionOptions>[];
  norm: RMSNorm;
  dropout: Dropout;

  constructor(config: Config, random: Random) {
    super();
    this.position = table(config, "causal", random);
    this.layers = Array.from({ length: config.decoderLayers }, (_, i) => {
      const own = random.fork("layers", i);
      return new CrossAttentionBlock({
        ...parts(config, own),
        crossAttentionLayernorm: new RMSNorm({ dim: config.dim, eps: config.normEps }),
        crossAttn: attention(config, own.fork("cross_attn")),
      });
    });
    this.norm = new RMSNorm({ dim: config.dim, eps: config.normEps });
    this.dropout = new Dropout({ rate: config.dropout });
  }

  /** [B, T, D] → [B, T, D] */
  forward(x_BTD: Tensor, options: SelfAttentionOptions, cross: SelfAttentionOptions): Tensor {
    const t = x_BTD.shape[1] as number;
    const bias = this.position.forward(t, (options.cache?.length ?? 0) + t);
    const y_BTD = this.layers.reduce(
      (x, layer, i) => layer.forward(x, { ...options, bias, layer: i }, cross),
      this.dropout.forward(x_BTD),
    );
    return this.dropout.forward(this.norm.forward(y_BTD));
  }
}

function table({ heads, dim, buckets, maxDistance }: Config, direction: "bidirectional" | "causal", random: Random): RelativeBias {
  return new RelativeBias({ heads, buckets, maxDistance, direction, std: dim ** -0.5, random: random.fork("position") });
}

/** What both kinds of blocks have. */
function parts(config: Config, random: Random): TransformerBlockConfig<SelfAttentionOptions> {
  const { dim, hiddenDim, feedForward, dropout, normEps } = config;
  const mlp = { dim, hiddenDim, bias: false, random: random.fork("mlp") };
  return {
    inputLayernorm: new RMSNorm({ dim, eps: normEps }),
    selfAttn: attention(config, random.fork("self_attn")),
    postAttentionLayernorm: new RMSNorm({ dim, eps: normEps }),
    mlp:
      feedForward === "relu"
        ? new MLP({ ...mlp, activation: "relu" })
        : new GLU({ ...mlp, activation: "gelu_tanh" }),
    dropout,
  };
}

function attention({ dim, heads, headDim, dropout }: Config, random: Random): MultiHeadAttention {
  const queryStd = (dim * headDim) ** -0.5;
  return new MultiHeadAttention({ dim, heads, headDim, bias: false, scale: 1, queryStd, dropout, random });
}
