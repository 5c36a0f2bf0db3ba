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
import { type KeyValueCache, KVCache } from "@llm/kv-cache";
import { Linear, linear } from "@llm/linear";
import { type AttentionMask, causalMask, combineMasks, segmentMask } from "@llm/mask";
import { Module } from "@llm/module";
import { registerGradients } from "@llm/ops";
import { Random } from "@llm/random";
import { slice, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type LlamaConfig, type ResolvedLlamaConfig, resolveConfig } from "./config.js";
import { LlamaModel, STD } from "./model.js";

/** What a forward pass may be told. */
export interface LlamaForwardOptions {
  /** Earlier positions, which these ids continue; it grows by them. */
  cache?: KeyValueCache;
  /** Default "causal". A tensor is boolean and broadcasts to [B, heads, T, S], true = may attend. */
  mask?: AttentionMask;
  /** [B][T]: positions attend causally within their segment only, for packed examples. Not with cache or mask. */
  segments?: readonly ArrayLike<number>[];
  /** "last" computes the logits of the last position only. Default "all". */
  logits?: "all" | "last";
}

/** A LLaMA language model; see `llamaPresets` for the published sizes. */
export class Llama extends Module {
  readonly config: ResolvedLlamaConfig;
  model: LlamaModel;
  /** Absent when tied. */
  lmHead?: Linear;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error when a size is not a positive whole number, `kvHeads` does not divide `heads`, or `headDim` is odd
   */
  constructor(config: LlamaConfig, random: Random = new Random(0)) {
    super();
    this.config = resolveConfig(config);
    const { dim, vocabSize, tied } = this.config;
    this.model = new LlamaModel(this.config, random.fork("model"));
    if (tied) return;
    this.lmHead = new Linear({ inDim: dim, outDim: vocabSize, bias: false, std: STD, random: random.fork("lm_head") });
  }

  /** The longest sequence, past positions in a cache included. */
  get maxLength(): number {
    return this.config.maxLength;
  }

  get vocabSize(): number {
    return this.config.vocabSize;
  }

  /** An empty cache for `forward`. The caller disposes it. */
  createCache(): KVCache {
    return new KVCache({ layers: this.config.layers });
  }

  /**
   * The logits of the token that follows each position.
   *
   * @param ids_BT int32 [B, T]
   * @returns [B, T, V], or [B, 1, V] with `logits: "last"`
   * @throws Error when ids are not int32 [B, T], not in the vocabulary, or longer than `maxLength` allows
   */
  forward(ids_BT: Tensor, { cache, mask = "causal", segments, logits = "all" }: LlamaForwardOptions = {}): Tensor {
    checkIds(ids_BT, cache?.length ?? 0, this.maxLength);
    if (segments && (cache || mask !== "causal")) {
      throw new Error("Llama: segments imply a causal mask within each segment; give neither mask nor cache with them");
    }
    registerGradients();
    return tidy(() => {
      const [b, t] = ids_BT.shape as [number, number];
      const seen = segments ? combineMasks(causalMask(t), segmentMask(segments)) : mask;
      const options: SelfAttentionOptions = { mask: seen, cache };
      const hidden_BTD = this.model.forward(ids_BT, options);
      const kept = logits === "all" ? hidden_BTD : slice(hidden_BTD, [0, t - 1, 0], [b, 1, this.config.dim]);
      return this.lmHead ? this.lmHead.forward(kept) : linear(kept, this.model.embedTokens.weight);
    });
  }

  /** Frees all parameters and the table of rotations. */
  override dispose(): void {
    super.dispose();
    this.model.rope.dispose();
  }
}

function checkIds(ids: Tensor, offset: number, maxLength: number): void {
  if (ids.rank !== 2 || ids.dtype !== "int32" || ids.size === 0) {
    throw new Error(
      `Llama: ids must be int32 [batch, time] with at least one id, got ${ids.dtype} [${ids.shape}]; create them with tensor2d(rows, shape, "int32")`,
    );
  }
  const length = offset + (ids.shape[1] as number);
  if (length > maxLength) {
    const cached = offset > 0 ? ` (${offset} of them in the cache)` : "";
    throw new Error(
      `Llama: ${length} positions${cached} exceed the model's maxLength of ${maxLength}; keep the last ${maxLength} ids, or set a larger maxLength if the model was trained for it`,
    );
  }
}
