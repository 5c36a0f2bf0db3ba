// A language model made to be deep: every measure of stability that belongs to the model is a switch.
//
//   x = E[ids] + P,  x = residual(x, attention),  x = residual(x, feed-forward),  logits = [norm](x)·Eᵀ
//
// Residuals: post  norm(x + f(x))           Vaswani et al., arXiv:1706.03762
//            pre   x + f(norm(x))           Xiong et al., arXiv:2002.04745
//            sandwich  x + norm(f(norm(x))) Ding et al., "CogView", arXiv:2105.13290
//            deepnorm  norm(αx + f(x)), α = (2L)^¼, weights of v, o and the feed-forward × β = (8L)^-¼
//                                           Wang et al., "DeepNet", arXiv:2203.00555, the decoder-only row
// Shapes: B batch, T time, D model dim, N heads, H head dim.

import { attention } from "@llm/attention";
import { Embedding } from "@llm/embedding";
import { LayerNorm } from "@llm/layernorm";
import { LearnedPosition } from "@llm/learned-position";
import { Linear, linear } from "@llm/linear";
import { MLP } from "@llm/mlp";
import { Module } from "@llm/module";
import type { Random } from "@llm/random";
import { RMSNorm } from "@llm/rmsnorm";
import { add, mul, reshape, type Tensor, tidy, transpose } from "@tensorflow/tfjs-core";

/** Where the norms stand. */
export type ResidualKind = "post" | "pre" | "sandwich" | "deepnorm";

/** Sizes, and the measures that belong to the model. */
export interface DeepModelConfig {
  vocabSize: number;
  context: number;
  dim: number;
  heads: number;
  layers: number;
  residual: ResidualKind;
  /** A norm behind the embeddings, as in BLOOM. */
  embeddingNorm: boolean;
  /** Norms of queries and keys, as in ViT-22B. */
  qkNorm: boolean;
}

/** Attention with norms of queries and keys, if asked for. */
class Attention extends Module {
  readonly heads: number;
  qProj: Linear;
  kProj: Linear;
  vProj: Linear;
  oProj: Linear;
  qNorm?: RMSNorm;
  kNorm?: RMSNorm;

  constructor({ dim, heads, qkNorm }: DeepModelConfig, random: Random) {
    super();
    this.heads = heads;
    const project = (name: string): Linear => new Linear({ inDim: dim, outDim: dim, random: random.fork(name) });
    this.qProj = project("q");
    this.kProj = project("k");
    this.vProj = project("v");
    this.oProj = project("o");
    if (!qkNorm) return;
    this.qNorm = new RMSNorm({ dim: dim / heads });
    this.kNorm = new RMSNorm({ dim: dim / heads });
  }

  forward(x_BTD: Tensor): Tensor {
    const [b, t, d] = x_BTD.shape as [number, number, number];
    const split = (x: Tensor): Tensor => transpose(reshape(x, [b, t, this.heads, d / this.heads]), [0, 2, 1, 3]);
    const normed = (x: Tensor, norm?: RMSNorm): Tensor => norm?.forward(x) ?? x;
    const y_BNTH = attention(
      normed(split(this.qProj.forward(x_BTD)), this.qNorm),
      normed(split(this.kProj.forward(x_BTD)), this.kNorm),
      split(this.vProj.forward(x_BTD)),
      { mask: "causal" },
    );
    return this.oProj.forward(reshape(transpose(y_BNTH, [0, 2, 1, 3]), [b, t, d]));
  }
}

class Block extends Module {
  selfAttn: Attention;
  mlp: MLP;
  norms: LayerNorm[];
  readonly #config: DeepModelConfig;

  constructor(config: DeepModelConfig, random: Random) {
    super();
    const { dim, residual } = config;
    this.#config = config;
    this.selfAttn = new Attention(config, random.fork("attention"));
    this.mlp = new MLP({ dim, random: random.fork("mlp") });
    this.norms = Array.from({ length: residual === "sandwich" ? 4 : 2 }, () => new LayerNorm({ dim }));
  }

  forward(x_BTD: Tensor): Tensor {
    const [first, second, third, fourth] = this.norms as [LayerNorm, LayerNorm, LayerNorm?, LayerNorm?];
    const attended = this.#join(x_BTD, (x) => this.selfAttn.forward(x), first, third);
    return this.#join(attended, (x) => this.mlp.forward(x), second, fourth);
  }

  #join(x: Tensor, f: (x: Tensor) => Tensor, norm: LayerNorm, after?: LayerNorm): Tensor {
    switch (this.#config.residual) {
      case "post":
        return norm.forward(add(x, f(x)));
      case "pre":
        return add(x, f(norm.forward(x)));
      case "sandwich":
        return add(x, (after as LayerNorm).forward(f(norm.forward(x))));
      case "deepnorm":
        return norm.forward(add(mul(x, (2 * this.#config.layers) ** 0.25), f(x)));
    }
  }
}

/** The model. Linear layers start with σ = 1/√(inputs), the embeddings with 0.02. */
export class DeepModel extends Module {
  embedTokens: Embedding;
  embedPositions: LearnedPosition;
  embedNorm?: LayerNorm;
  layers: Block[];
  norm?: LayerNorm;

  constructor(config: DeepModelConfig, random: Random) {
    super();
    const { vocabSize, context, dim, layers, residual, embeddingNorm } = config;
    this.embedTokens = new Embedding({ vocabSize, dim, random: random.fork("tokens") });
    this.embedPositions = new LearnedPosition({ maxLength: context, dim, random: random.fork("positions") });
    if (embeddingNorm) this.embedNorm = new LayerNorm({ dim });
    this.layers = Array.from({ length: layers }, (_, i) => new Block(config, random.fork("layers", i)));
    // Where the stream itself is normed, another norm would do nothing.
    if (residual === "pre" || residual === "sandwich") this.norm = new LayerNorm({ dim });
    if (residual === "deepnorm") shrinkForDeepNorm(this.layers);
  }

  /** int32 [B, T] → logits [B, T, V] */
  forward(ids_BT: Tensor): Tensor {
    return tidy(() => {
      const t = ids_BT.shape[1] as number;
      const embedded = add(this.embedTokens.forward(ids_BT), this.embedPositions.forward(t));
      const normed = this.embedNorm?.forward(embedded) ?? embedded;
      const hidden = this.layers.reduce((x, layer) => layer.forward(x), normed);
      return linear(this.norm?.forward(hidden) ?? hidden, this.embedTokens.weight);
    });
  }
}

/** DeepNorm's β on what writes to the stream, and on the values. */
function shrinkForDeepNorm(layers: readonly Block[]): void {
  const beta = (8 * layers.length) ** -0.25;
  for (const { selfAttn, mlp } of layers) {
    for (const { weight } of [selfAttn.vProj, selfAttn.oProj, mlp.fcIn, mlp.fcOut]) {
      tidy(() => weight.assign(mul(weight, beta) as never));
    }
  }
}
