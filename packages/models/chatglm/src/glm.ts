// GLM: a decoder whose given part sees itself in both directions, and which writes what fills the blanks of it.
//
//   x = E[ids],  h = norm₁(x),  x = α·h + attention(h),  h = norm₂(x),  x = α·h + mlp(h)  for each layer,  α = √(2·L)
//   logits = norm(x)·Eᵀ
//
// Sources: Du et al., "GLM", arXiv:2103.10360; Zeng et al., "GLM-130B", arXiv:2210.02414; modeling_chatglm.py of
// https://huggingface.co/THUDM/chatglm-6b. α and the factor 1/α on initial weights that write to the stream are
// DeepNorm's idea (arXiv:2203.00555) with GLM's constants.
// Shapes: B batch, T time, D model dim, V vocabulary.

import { MultiHeadAttention, type Position, type SelfAttentionOptions } from "@llm/attention";
import { Decoder, type DecoderForwardOptions, throughLayers } from "@llm/decoder";
import { glmNormConstants } from "@llm/deepnorm";
import { Embedding } from "@llm/embedding";
import { GLU } from "@llm/glu";
import type { KeyValueCache } from "@llm/kv-cache";
import { LayerNorm } from "@llm/layernorm";
import { Linear, linear } from "@llm/linear";
import { MLP } from "@llm/mlp";
import { checkIds } from "@llm/model-config";
import { Random } from "@llm/random";
import { Rope, Rope2D } from "@llm/rope";
import { TransformerBlock } from "@llm/transformer-block";
import { reshape, slice, stack, type Tensor, tidy, zerosLike } from "@tensorflow/tfjs-core";
import { GLMCache } from "./glm-cache.js";
import { type GLMConfig, resolveGLMConfig } from "./glm-config.js";
import { placesOf, plansOf, type RowPlans } from "./places.js";

const STD = 0.02;

/** What a forward pass may be told; without `positions`, the special tokens among the ids tell it. */
export interface GLMForwardOptions extends DecoderForwardOptions {
  /** int32 [B, T]: place in the text, as objectives give it. */
  positions?: Tensor;
  /** int32 [B, T]: place in the blank, 0 outside. Default 0. */
  blockPositions?: Tensor;
}

/** GLM-130B or ChatGLM-6B; see `glmPresets` for the published sizes. */
export class GLM extends Decoder<Required<GLMConfig>> {
  embedTokens: Embedding;
  layers: TransformerBlock<SelfAttentionOptions>[];
  norm: LayerNorm;
  /** Absent when tied. */
  lmHead?: Linear;
  /** Shared by all layers; holds no parameters. */
  readonly rope: Rope | Rope2D;

  /**
   * @param config sizes
   * @param random initial weights; each module draws from a stream named by its path. Default: a fixed seed
   * @throws Error as `resolveGLMConfig`
   */
  constructor(config: GLMConfig, random: Random = new Random(0)) {
    super(resolveGLMConfig(config));
    const { vocabSize, maxLength, dim, heads, layers, positions, ropeBase, normEps, tied } = this.config;
    // A blank of maxLength tokens has that number as its last position.
    const rotation = { headDim: dim / heads, maxLength: maxLength + 1, base: ropeBase };
    this.rope = positions === "2d" ? new Rope2D(rotation) : new Rope(rotation);
    this.embedTokens = new Embedding({ vocabSize, dim, std: STD, random: random.fork("embed_tokens") });
    this.layers = Array.from({ length: layers }, (_, i) => block(this.config, this.rope, random.fork("layers", i)));
    this.norm = new LayerNorm({ dim, eps: normEps });
    if (tied) return;
    this.lmHead = new Linear({ inDim: dim, outDim: vocabSize, bias: false, std: STD, random: random.fork("lm_head") });
  }

  /**
   * The logits of the token that follows each position. Tokens before the start token are given and seen by all, unless
   * `mask`, `prefix` or `segments` say otherwise; a cache of `createCache` remembers what was given.
   *
   * @param ids_BT int32 [B, T]
   * @returns [B, T, V], or [B, 1, V] with `logits: "last"`
   * @throws Error as `Decoder.forward`, or without `positions` for a filled cache that does not remember
   */
  override forward(ids_BT: Tensor, options: GLMForwardOptions = {}): Tensor {
    const { positions, blockPositions, ...rest } = options;
    if (rest.segments && !positions) return super.forward(ids_BT, rest);
    if (positions)
      return tidy(() => super.forward(ids_BT, { ...rest, positions: this.#joined(positions, blockPositions) }));
    checkIds("GLM", ids_BT, { maxLength: this.maxLength, offset: rest.cache?.length });
    return tidy(() => {
      const plans = this.#plansOf(ids_BT, rest.cache);
      return super.forward(ids_BT, { ...this.#asPlanned(ids_BT, plans, rest), ...rest });
    });
  }

  override createCache(): GLMCache {
    return new GLMCache({ layers: this.config.layers });
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

  /** What each row begins with: found in its ids, or remembered from the pass that filled the cache. */
  #plansOf(ids_BT: Tensor, cache: KeyValueCache | undefined): RowPlans {
    if (!cache || cache.length === 0) {
      const plans = plansOf(ids_BT, this.config);
      if (cache instanceof GLMCache) cache.remember(plans);
      return plans;
    }
    if (cache instanceof GLMCache && cache.plans) return cache.plans;
    throw new Error(
      "GLM: this cache does not know where its tokens stand; take one of createCache(), or give positions in every pass",
    );
  }

  #asPlanned(
    ids_BT: Tensor,
    plans: RowPlans,
    { cache, mask = "causal" }: DecoderForwardOptions,
  ): DecoderForwardOptions {
    const [b, t] = ids_BT.shape as [number, number];
    const places_B2T = placesOf(plans, cache?.length ?? 0, t);
    const positions =
      this.config.positions === "2d" ? places_B2T : reshape(slice(places_B2T, [0, 0, 0], [b, 1, t]), [b, t]);
    return mask === "causal" ? { positions, prefix: plans.given } : { positions };
  }

  #joined(positions: Tensor, blockPositions: Tensor | undefined): Tensor {
    return this.config.positions === "1d" ? positions : stack([positions, blockPositions ?? zerosLike(positions)], 1);
  }
}

function block(config: Required<GLMConfig>, rope: Position, random: Random): TransformerBlock<SelfAttentionOptions> {
  const { dim, heads, hiddenDim, layers, feedForward, normEps } = config;
  const { alpha, beta } = glmNormConstants(layers);
  const init = { std: STD, projectionStd: STD * beta };
  const mlp = { dim, hiddenDim, bias: true, activation: "gelu_tanh", ...init, random: random.fork("mlp") } as const;
  return new TransformerBlock<SelfAttentionOptions>({
    inputLayernorm: new LayerNorm({ dim, eps: normEps }),
    selfAttn: new MultiHeadAttention({ dim, heads, position: rope, ...init, random: random.fork("self_attn") }),
    postAttentionLayernorm: new LayerNorm({ dim, eps: normEps }),
    mlp: feedForward === "gelu" ? new MLP(mlp) : new GLU(mlp),
    residual: "glm",
    alpha,
  });
}
