// Falcon: attention and feed-forward side by side, rotary positions, few key/value heads, no biases but the norms'.
//
//   x = E[ids],  x = x + attention(norm(x)) + mlp(norm(x)) for each layer,  logits = norm(x)·Eᵀ
//
// Source: Almazrouei et al., "The Falcon series of open language models", arXiv:2311.16867. Initialization: normal with
// σ = 0.02, the projections that write to the residual stream with σ/√(2L). Hugging Face's query_key_value is split into
// three (huggingface.ts), so that adapters and sharding see them apart.
// Shapes: B batch, T time, D model dim, V vocabulary.

import type { SelfAttentionOptions } from "@llm/attention";
import { Decoder, throughLayers } from "@llm/decoder";
import { Embedding } from "@llm/embedding";
import { GroupedQueryAttention } from "@llm/gqa";
import { LayerNorm } from "@llm/layernorm";
import { Linear, linear } from "@llm/linear";
import { MLP } from "@llm/mlp";
import { ParallelBlock } from "@llm/parallel-block";
import { Random } from "@llm/random";
import { Rope } from "@llm/rope";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type FalconConfig, resolveConfig } from "./config.js";

const STD = 0.02;

/** A Falcon language model; see `falconPresets` for the published sizes. */
export class Falcon extends Decoder<Required<FalconConfig>> {
  embedTokens: Embedding;
  layers: ParallelBlock<SelfAttentionOptions>[];
  norm: LayerNorm;
  /** Absent when tied. */
  lmHead?: Linear;
  /** Shared by all layers; holds no parameters. */
  readonly rope: Rope;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error when a size is not a positive whole number, `kvHeads` does not divide `heads`, or `headDim` is odd
   */
  constructor(config: FalconConfig, random: Random = new Random(0)) {
    super(resolveConfig(config));
    const { vocabSize, maxLength, dim, headDim, layers, ropeBase, normEps, tied } = this.config;
    this.rope = new Rope({ headDim, maxLength, base: ropeBase });
    this.embedTokens = new Embedding({ vocabSize, dim, std: STD, random: random.fork("embed_tokens") });
    this.layers = Array.from({ length: layers }, (_, i) => block(this.config, this.rope, random.fork("layers", i)));
    this.norm = new LayerNorm({ dim, eps: normEps });
    if (tied) return;
    this.lmHead = new Linear({ inDim: dim, outDim: vocabSize, bias: false, std: STD, random: random.fork("lm_head") });
  }

  protected hidden(ids_BT: Tensor, options: SelfAttentionOptions): Tensor {
    return this.norm.forward(throughLayers(this.layers, this.embedTokens.forward(ids_BT), options));
  }

  protected head(hidden_BTD: Tensor): Tensor {
    return this.lmHead ? this.lmHead.forward(hidden_BTD) : linear(hidden_BTD, this.embedTokens.weight);
  }

  /** Frees all parameters and the table of rotations. */
  override dispose(): void {
    super.dispose();
    this.rope.dispose();
  }
}

function block(config: Required<FalconConfig>, rope: Rope, random: Random): ParallelBlock<SelfAttentionOptions> {
  const { dim, heads, kvHeads, headDim, hiddenDim, layers, norms, normEps } = config;
  const init = { std: STD, projectionStd: STD / Math.sqrt(2 * layers) };
  const attention = { dim, heads, kvHeads, headDim, position: rope, ...init };
  return new ParallelBlock<SelfAttentionOptions>({
    inputLayernorm: new LayerNorm({ dim, eps: normEps }),
    ...(norms === "separate" && { mlpLayernorm: new LayerNorm({ dim, eps: normEps }) }),
    selfAttn: new GroupedQueryAttention({ ...attention, random: random.fork("self_attn") }),
    mlp: new MLP({ dim, hiddenDim, activation: "gelu", bias: false, ...init, random: random.fork("mlp") }),
  });
}
