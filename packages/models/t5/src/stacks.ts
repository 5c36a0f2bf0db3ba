// T5's two stacks. One table of relative biases serves all layers of a stack; attention to the encoder has none.
// Source: Raffel et al., arXiv:1910.10683, §2.1. Initialization as Mesh TensorFlow's: queries with σ = 1/√(D·H) because
// scores are not scaled, everything else with 1/√(input features).
// Shapes: B batch, T time, D model dim.

import { MultiHeadAttention, type MultiHeadAttentionConfig, type SelfAttentionOptions } from "@llm/attention";
import { CrossAttention } from "@llm/cross-attention";
import { throughLayers } from "@llm/decoder";
import { Dropout } from "@llm/dropout";
import type { DecoderLayerOptions } from "@llm/encoder-decoder";
import { GLU } from "@llm/glu";
import { MLP } from "@llm/mlp";
import { Module } from "@llm/module";
import type { Random } from "@llm/random";
import { RelativeBias } from "@llm/relative-bias";
import { RMSNorm } from "@llm/rmsnorm";
import { type BlockAttention, type BlockPart, TransformerBlock } from "@llm/transformer-block";
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
      return new TransformerBlock<SelfAttentionOptions>(parts(config, random.fork("layers", i)));
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
  layers: TransformerBlock<DecoderLayerOptions>[];
  norm: RMSNorm;
  dropout: Dropout;

  constructor(config: Config, random: Random) {
    super();
    const { dim, normEps } = config;
    this.position = table(config, "causal", random);
    this.layers = Array.from({ length: config.decoderLayers }, (_, i) => {
      const own = random.fork("layers", i);
      const crossAttnLayernorm = new RMSNorm({ dim, eps: normEps });
      const crossAttn = new CrossAttention(attention(config, own.fork("cross_attn")));
      return new TransformerBlock<DecoderLayerOptions>({ ...parts(config, own), crossAttnLayernorm, crossAttn });
    });
    this.norm = new RMSNorm({ dim, eps: normEps });
    this.dropout = new Dropout({ rate: config.dropout });
  }

  /** [B, T, D] → [B, T, D] */
  forward(x_BTD: Tensor, options: DecoderLayerOptions): Tensor {
    const t = x_BTD.shape[1] as number;
    const bias = this.position.forward(t, (options.cache?.length ?? 0) + t);
    const y_BTD = throughLayers<DecoderLayerOptions>(this.layers, this.dropout.forward(x_BTD), { ...options, bias });
    return this.dropout.forward(this.norm.forward(y_BTD));
  }
}

function table(
  { heads, dim, buckets, maxDistance }: Config,
  direction: "bidirectional" | "causal",
  random: Random,
): RelativeBias {
  return new RelativeBias({
    heads,
    buckets,
    maxDistance,
    direction,
    std: dim ** -0.5,
    random: random.fork("position"),
  });
}

interface Parts {
  inputLayernorm: BlockPart;
  selfAttn: BlockAttention<SelfAttentionOptions>;
  postAttentionLayernorm: BlockPart;
  mlp: BlockPart;
  dropout: number;
}

/** What both kinds of blocks have. */
function parts(config: Config, random: Random): Parts {
  const { dim, hiddenDim, feedForward, dropout, normEps } = config;
  const mlp = { dim, hiddenDim, bias: false, random: random.fork("mlp") };
  return {
    inputLayernorm: new RMSNorm({ dim, eps: normEps }),
    selfAttn: new MultiHeadAttention(attention(config, random.fork("self_attn"))),
    postAttentionLayernorm: new RMSNorm({ dim, eps: normEps }),
    mlp:
      feedForward === "relu" ? new MLP({ ...mlp, activation: "relu" }) : new GLU({ ...mlp, activation: "gelu_tanh" }),
    dropout,
  };
}

function attention({ dim, heads, headDim, dropout }: Config, random: Random): MultiHeadAttentionConfig {
  const queryStd = (dim * headDim) ** -0.5;
  return { dim, heads, headDim, bias: false, scale: 1, queryStd, dropout, random };
}
