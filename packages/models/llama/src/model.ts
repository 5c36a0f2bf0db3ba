// LLaMA below the head: embedding, blocks, norm. One table of rotations serves all layers.
// Shapes: B batch, T time, D model dim.

import type { SelfAttentionOptions } from "@llm/attention";
import { throughLayers } from "@llm/decoder";
import { Embedding } from "@llm/embedding";
import { GLU } from "@llm/glu";
import { GroupedQueryAttention } from "@llm/gqa";
import { Module } from "@llm/module";
import type { Random } from "@llm/random";
import { RMSNorm } from "@llm/rmsnorm";
import { Rope } from "@llm/rope";
import { TransformerBlock } from "@llm/transformer-block";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { ResolvedLlamaConfig } from "./config.js";

/** Standard deviation of the initial weights. */
export const STD = 0.02;

/** Everything below the head; Hugging Face's LlamaModel. */
export class LlamaModel extends Module {
  embedTokens: Embedding;
  layers: TransformerBlock<SelfAttentionOptions>[];
  norm: RMSNorm;
  /** Shared by all layers; holds no parameters. */
  readonly rope: Rope;

  constructor(config: ResolvedLlamaConfig, random: Random) {
    super();
    const { vocabSize, maxLength, dim, headDim, layers, ropeBase, ropeScaling, normEps } = config;
    this.rope = new Rope({ headDim, maxLength, base: ropeBase, scaling: ropeScaling });
    this.embedTokens = new Embedding({ vocabSize, dim, std: STD, random: random.fork("embed_tokens") });
    this.layers = Array.from({ length: layers }, (_, i) => block(config, this.rope, random.fork("layers", i)));
    this.norm = new RMSNorm({ dim, eps: normEps });
  }

  /** int32 [B, T] → [B, T, D], normed. The options reach every layer's attention, with the layer's number. */
  forward(ids_BT: Tensor, options: SelfAttentionOptions): Tensor {
    return this.norm.forward(throughLayers(this.layers, this.embedTokens.forward(ids_BT), options));
  }
}

function block(config: ResolvedLlamaConfig, rope: Rope, random: Random): TransformerBlock<SelfAttentionOptions> {
  const { dim, heads, kvHeads, headDim, hiddenDim, layers, normEps } = config;
  const init = { std: STD, projectionStd: STD / Math.sqrt(2 * layers) };
  const attention = { dim, heads, kvHeads, headDim, position: rope, ...init };
  return new TransformerBlock<SelfAttentionOptions>({
    inputLayernorm: new RMSNorm({ dim, eps: normEps }),
    selfAttn: new GroupedQueryAttention({ ...attention, random: random.fork("self_attn") }),
    postAttentionLayernorm: new RMSNorm({ dim, eps: normEps }),
    mlp: new GLU({ dim, hiddenDim, ...init, random: random.fork("mlp") }),
  });
}
