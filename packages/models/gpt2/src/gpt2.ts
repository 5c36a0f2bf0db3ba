// GPT-2: token and position embeddings, pre-norm blocks, a norm, and the token embedding again as the head.
//
//   x = E[ids] + P[offset …],  x = block_i(x) for each layer,  logits = norm(x)·Eᵀ
//
// Source: Radford et al., "Language models are unsupervised multitask learners", 2019. Initialization as there:
// normal with σ = 0.02, the projections that write to the residual stream with σ/√(2L), biases zero. (OpenAI's
// positions begin at 0.01; 0.02 is Hugging Face's and nanoGPT's.)
// Parameters are named as the house names them, as in Llama; huggingface.ts has the map to GPT-2's own names.
// Shapes: B batch, T time, D model dim, V vocabulary.

import { MultiHeadAttention, type SelfAttentionOptions } from "@llm/attention";
import { Dropout } from "@llm/dropout";
import { Embedding } from "@llm/embedding";
import { type KeyValueCache, KVCache } from "@llm/kv-cache";
import { LayerNorm } from "@llm/layernorm";
import { LearnedPosition } from "@llm/learned-position";
import { linear } from "@llm/linear";
import { type AttentionMask, causalMask, combineMasks, segmentMask } from "@llm/mask";
import { MLP } from "@llm/mlp";
import { Module } from "@llm/module";
import { registerGradients } from "@llm/ops";
import { Random } from "@llm/random";
import { TransformerBlock } from "@llm/transformer-block";
import { add, slice, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { type GPT2Config, resolveConfig } from "./config.js";

/** What a forward pass may be told. */
export interface GPT2ForwardOptions {
  /** Earlier positions, which these ids continue; it grows by them. */
  cache?: KeyValueCache;
  /** Default "causal". A tensor is boolean and broadcasts to [B, heads, T, S], true = may attend. */
  mask?: AttentionMask;
  /** [B][T]: positions attend causally within their segment only, for packed examples. Not with cache or mask. */
  segments?: readonly ArrayLike<number>[];
  /** "last" computes the logits of the last position only. Default "all". */
  logits?: "all" | "last";
}

const STD = 0.02;

/** A GPT-2 language model; see `gpt2Presets` for the published sizes. */
export class GPT2 extends Module {
  readonly config: Required<GPT2Config>;
  embedTokens: Embedding;
  embedPositions: LearnedPosition;
  dropout: Dropout;
  layers: TransformerBlock<SelfAttentionOptions>[];
  norm: LayerNorm;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error when a size is not a positive whole number, or `heads` does not divide `dim`
   */
  constructor(config: GPT2Config, random: Random = new Random(0)) {
    super();
    this.config = resolveConfig(config);
    const { vocabSize, maxLength, dim, layers, bias, dropout, normEps } = this.config;
    this.embedTokens = new Embedding({ vocabSize, dim, std: STD, random: random.fork("embed_tokens") });
    this.embedPositions = new LearnedPosition({ maxLength, dim, std: STD, random: random.fork("embed_positions") });
    this.dropout = new Dropout({ rate: dropout });
    this.layers = Array.from({ length: layers }, (_, i) => block(this.config, random.fork("layers", i)));
    this.norm = new LayerNorm({ dim, bias, eps: normEps });
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
  forward(ids_BT: Tensor, { cache, mask = "causal", segments, logits = "all" }: GPT2ForwardOptions = {}): Tensor {
    const offset = cache?.length ?? 0;
    checkIds(ids_BT, offset, this.maxLength);
    if (segments && (cache || mask !== "causal")) {
      throw new Error("GPT2: segments imply a causal mask within each segment; give neither mask nor cache with them");
    }
    registerGradients();
    return tidy(() => {
      const [b, t] = ids_BT.shape as [number, number];
      const seen = segments ? combineMasks(causalMask(t), segmentMask(segments)) : mask;
      const embedded = add(this.embedTokens.forward(ids_BT), this.embedPositions.forward(t, offset));
      const hidden_BTD = this.layers.reduce(
        (x, layer, i) => layer.forward(x, { mask: seen, cache, layer: i }),
        this.dropout.forward(embedded),
      );
      const kept = logits === "all" ? hidden_BTD : slice(hidden_BTD, [0, t - 1, 0], [b, 1, this.config.dim]);
      return linear(this.norm.forward(kept), this.embedTokens.weight);
    });
  }
}

function block(config: Required<GPT2Config>, random: Random): TransformerBlock<SelfAttentionOptions> {
  const { dim, heads, hiddenDim, layers, bias, dropout, normEps } = config;
  const init = { std: STD, projectionStd: STD / Math.sqrt(2 * layers) };
  const norm = (): LayerNorm => new LayerNorm({ dim, bias, eps: normEps });
  return new TransformerBlock<SelfAttentionOptions>({
    inputLayernorm: norm(),
    selfAttn: new MultiHeadAttention({ dim, heads, bias, dropout, ...init, random: random.fork("self_attn") }),
    postAttentionLayernorm: norm(),
    mlp: new MLP({ dim, hiddenDim, bias, ...init, random: random.fork("mlp") }),
    dropout,
  });
}

function checkIds(ids: Tensor, offset: number, maxLength: number): void {
  if (ids.rank !== 2 || ids.dtype !== "int32" || ids.size === 0) {
    throw new Error(
      `GPT2: ids must be int32 [batch, time] with at least one id, got ${ids.dtype} [${ids.shape}]; create them with tensor2d(rows, shape, "int32")`,
    );
  }
  const length = offset + (ids.shape[1] as number);
  if (length > maxLength) {
    const cached = offset > 0 ? ` (${offset} of them in the cache)` : "";
    throw new Error(
      `GPT2: ${length} positions${cached} exceed the model's maxLength of ${maxLength}; keep the last ${maxLength} ids, or train a model with a longer context`,
    );
  }
}
