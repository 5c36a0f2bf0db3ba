// LLaMA: GPT with rotary positions, RMS norms, a gated feed-forward, shared key/value heads and no biases.
//
//   x = E[ids],  x = block_i(x) for each layer,  logits = norm(x)·Wᵀ   (W = E when tied)
//
// Source: Touvron et al., "LLaMA: Open and efficient foundation language models", arXiv:2302.13971. Parameters are
// named and laid out as in Hugging Face's LlamaForCausalLM, so its checkpoints load as they are. Initialization:
// normal with σ = 0.02, the projections that write to the residual stream with σ/√(2L), as GPT-2 and llama2.c;
// Hugging Face has σ = 0.02 throughout.
// Shapes: B batch, T time, D model dim, V vocabulary.

import type { SelfAttentionOptions } from "@llm/attention";
import { Decoder } from "@llm/decoder";
import { Linear, linear } from "@llm/linear";
import { Random } from "@llm/random";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type LlamaConfig, type ResolvedLlamaConfig, resolveConfig } from "./config.js";
import { LlamaModel, STD } from "./model.js";

/** A LLaMA language model; see `llamaPresets` for the published sizes. */
export class Llama extends Decoder<ResolvedLlamaConfig> {
  model: LlamaModel;
  /** Absent when tied. */
  lmHead?: Linear;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error when a size is not a positive whole number, `kvHeads` does not divide `heads`, or `headDim` is odd
   */
  constructor(config: LlamaConfig, random: Random = new Random(0)) {
    super(resolveConfig(config));
    const { dim, vocabSize, tied } = this.config;
    this.model = new LlamaModel(this.config, random.fork("model"));
    if (tied) return;
    this.lmHead = new Linear({ inDim: dim, outDim: vocabSize, bias: false, std: STD, random: random.fork("lm_head") });
  }

  protected hidden(ids_BT: Tensor, options: SelfAttentionOptions): Tensor {
    return this.model.forward(ids_BT, options);
  }

  protected head(hidden_BTD: Tensor): Tensor {
    return this.lmHead ? this.lmHead.forward(hidden_BTD) : linear(hidden_BTD, this.model.embedTokens.weight);
  }

  /** Frees all parameters and the table of rotations. */
  override dispose(): void {
    super.dispose();
    this.model.rope.dispose();
  }
}
