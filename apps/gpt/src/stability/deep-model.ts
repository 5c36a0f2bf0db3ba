// A language model made to be deep: every measure of stability that belongs to the model is a switch.
//
//   x = E[ids] + P,  x = residual(x, attention),  x = residual(x, feed-forward),  logits = [norm](x)·Eᵀ
//
// Linear layers start with σ = 1/√(inputs) and embeddings with 0.02, so that Post-LN is as hard as it is known to be:
// GPT-2's small weights, which would calm it, are one of the measures.
// Shapes: B batch, T time, D model dim.

import { MultiHeadAttention } from "@llm/attention";
import { deepNormConstants } from "@llm/deepnorm";
import { Embedding } from "@llm/embedding";
import { NormedEmbedding } from "@llm/embedding-norm";
import { LayerNorm } from "@llm/layernorm";
import { LearnedPosition } from "@llm/learned-position";
import { linear } from "@llm/linear";
import { MLP } from "@llm/mlp";
import { Module } from "@llm/module";
import { qkNorm } from "@llm/qk-norm";
import type { Random } from "@llm/random";
import { TransformerBlock } from "@llm/transformer-block";
import { add, mul, type Tensor, tidy, type Variable } from "@tensorflow/tfjs-core";

/** Sizes, and the measures that belong to the model. */
export interface DeepModelConfig {
  vocabSize: number;
  context: number;
  dim: number;
  heads: number;
  layers: number;
  /** Where the norms stand. */
  residual: "post" | "pre" | "sandwich" | "deepnorm";
  /** A norm behind the embeddings, as in BLOOM. */
  embeddingNorm?: boolean;
  /** Norms of queries and keys. */
  qkNorm?: boolean;
  /** Bound of attention scores, as in Gemma 2. */
  softCap?: number;
}

/** The model. */
export class DeepModel extends Module {
  embedTokens: Embedding;
  embedPositions: LearnedPosition;
  layers: TransformerBlock[];
  norm?: LayerNorm;

  constructor(config: DeepModelConfig, random: Random) {
    super();
    const { vocabSize, context, dim, layers, residual, embeddingNorm } = config;
    const table = { vocabSize, dim, random: random.fork("tokens") };
    this.embedTokens = embeddingNorm ? new NormedEmbedding(table) : new Embedding(table);
    this.embedPositions = new LearnedPosition({ maxLength: context, dim, random: random.fork("positions") });
    this.layers = Array.from({ length: layers }, (_, i) => block(config, random.fork("layers", i)));
    // Where the stream itself is normed, another norm would do nothing.
    if (residual === "pre" || residual === "sandwich") this.norm = new LayerNorm({ dim });
  }

  /** int32 [B, T] → logits [B, T, V] */
  forward(ids_BT: Tensor): Tensor {
    return tidy(() => {
      const embedded = add(this.embedTokens.forward(ids_BT), this.embedPositions.forward(ids_BT.shape[1] as number));
      const hidden_BTD = this.layers.reduce((x, layer) => layer.forward(x), embedded);
      return linear(this.norm?.forward(hidden_BTD) ?? hidden_BTD, this.embedTokens.weight);
    });
  }
}

function block(config: DeepModelConfig, random: Random): TransformerBlock {
  const { dim, heads, layers, residual, softCap } = config;
  const norm = (): LayerNorm => new LayerNorm({ dim });
  const normed = config.qkNorm ? qkNorm({ headDim: dim / heads }) : {};
  const selfAttn = new MultiHeadAttention({ dim, heads, softCap, ...normed, random: random.fork("attention") });
  const mlp = new MLP({ dim, random: random.fork("mlp") });
  const { alpha, beta } = deepNormConstants({ decoderLayers: layers }).decoder as { alpha: number; beta: number };
  if (residual === "deepnorm") {
    for (const { weight } of [selfAttn.vProj, selfAttn.oProj, mlp.fcIn, mlp.fcOut]) scale(weight, beta);
  }
  return new TransformerBlock({
    inputLayernorm: norm(),
    selfAttn,
    postAttentionLayernorm: norm(),
    mlp,
    residual,
    ...(residual === "deepnorm" && { alpha }),
    ...(residual === "sandwich" && { postSelfAttnLayernorm: norm(), postMlpLayernorm: norm() }),
  });
}

function scale(weight: Variable, factor: number): void {
  tidy(() => weight.assign(mul(weight, factor) as Variable));
}
