// What all self-attention modules have in common: four projections around an attention function.
//
//   y = merge(attend(split(x·Wqᵀ), split(x·Wkᵀ), split(x·Wvᵀ)))·Woᵀ
//
// Parameters are named as in Hugging Face's Llama: q_proj, k_proj, v_proj, o_proj.
// Shapes: B batch, T query time, S key time, D model dim, N heads, K kv heads, H head dim.

import type { KeyValueCache } from "@llm/kv-cache";
import { Linear } from "@llm/linear";
import type { AttentionMask } from "@llm/mask";
import { Module } from "@llm/module";
import { Random } from "@llm/random";
import { reshape, type Tensor, tensor1d, tidy, transpose } from "@tensorflow/tfjs-core";
import type { AttentionOptions } from "./options.js";

/** A position encoding of queries and keys, such as `Rope`. */
export interface Position {
  /** @param at position of the first of the T rows, or the positions of all of them, as the encoding takes them */
  forward(x_BNTH: Tensor, at: number | Tensor): Tensor;
}

/** Sizes and initialization. */
export interface SelfAttentionConfig {
  dim: number;
  heads: number;
  /** Must divide `heads`. */
  kvHeads: number;
  /** Default dim / heads. */
  headDim?: number;
  /** Whether the projections have biases: all of them, none, or all but the output's, as in ChatGLM2 and Qwen. */
  bias: boolean | "qkv";
  /** Probability with which an attention weight is dropped in training. Default 0. */
  dropout?: number;
  /** Standard deviation of the initial weights. Default 1/√(input features). */
  std?: number;
  /** The same for the output projection. Default `std`. */
  projectionStd?: number;
  /** The same for the queries, which T5 makes smaller instead of scaling the scores. Default `std`. */
  queryStd?: number;
  /** Applied to queries and keys. Default: none. */
  position?: Position;
  /** ALiBi: how fast each head's scores fall with the distance; `alibiSlopes(heads)` of `@llm/alibi`. Default: not. */
  slopes?: ArrayLike<number>;
  /** Factor on the scores. Default 1/√headDim. */
  scale?: number;
  /** Default: a fixed seed. */
  random?: Random;
}

/** What a forward pass may be told. */
export interface SelfAttentionOptions {
  /** Default "causal". A tensor is boolean and broadcasts to [B, N, T, S], true = may attend. */
  mask?: AttentionMask;
  /** int32 [B]: keys at or beyond their sequence's length are padding. */
  lengths?: Tensor;
  /** int32 [B]: with "causal", the first so many keys are visible to every query. */
  prefix?: Tensor;
  /** float32, broadcasts to [B, N, T, S]: added to the scores. */
  bias?: Tensor;
  /** Positions of x for the encoding, where they do not simply count on. */
  positions?: Tensor;
  /** [B, S, D]: what keys and values are made of instead of x, all of it visible unless `mask` says otherwise. */
  memory?: Tensor;
  /** Keys and values of earlier positions; x continues them. */
  cache?: KeyValueCache;
  /** Which layer of the cache is this module's. Default 0. */
  layer?: number;
}

/** Base class: subclasses say how projected queries attend. */
export abstract class SelfAttention extends Module {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly dropout: number;
  position?: Position;
  readonly slopes?: readonly number[];
  readonly scale?: number;
  qProj: Linear;
  kProj: Linear;
  vProj: Linear;
  oProj: Linear;

  /** @throws Error when a size is not a positive integer, or `kvHeads` does not divide `heads` */
  constructor(config: SelfAttentionConfig) {
    super();
    const { dim, heads, kvHeads, headDim = dim / heads, bias, dropout = 0, std, random = new Random(0) } = config;
    checkSizes({ dim, heads, kvHeads, headDim });
    const { position, slopes, scale, projectionStd = std, queryStd = std } = config;
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.dropout = dropout;
    if (position) this.position = position;
    if (slopes) this.slopes = Array.from(slopes);
    if (scale !== undefined) this.scale = scale;
    const project = (name: string, outDim: number, own = std): Linear =>
      new Linear({ inDim: dim, outDim, bias: bias !== false, ...(own !== undefined && { std: own }), random: random.fork(name) });
    this.qProj = project("q_proj", heads * headDim, queryStd);
    this.kProj = project("k_proj", kvHeads * headDim);
    this.vProj = project("v_proj", kvHeads * headDim);
    this.oProj = new Linear({
      inDim: heads * headDim,
      outDim: dim,
      bias: bias === true,
      ...(projectionStd !== undefined && { std: projectionStd }),
      random: random.fork("o_proj"),
    });
  }

  /** [B, N, T, H] × [B, K, S, H] × [B, K, S, H] → [B, N, T, H] */
  protected abstract attend(q_BNTH: Tensor, k_BKSH: Tensor, v_BKSH: Tensor, options: AttentionOptions): Tensor;

  /** [B, T, D] → [B, T, D] */
  forward(x_BTD: Tensor, options: SelfAttentionOptions = {}): Tensor {
    const { memory, mask = memory ? "none" : "causal", cache, layer = 0, positions, lengths, prefix, bias } = options;
    const [b, t] = x_BTD.shape as [number, number];
    if (x_BTD.rank !== 3) {
      throw new Error(`${this.constructor.name}: x must be [batch, time, dim], got shape [${x_BTD.shape}]`);
    }
    return tidy(() => {
      const offset = cache?.length ?? 0;
      const split = (x: Tensor, heads: number): Tensor =>
        transpose(reshape(x, [b, -1, heads, this.headDim]), [0, 2, 1, 3]);
      const place = (x: Tensor): Tensor => this.position?.forward(x, positions ?? offset) ?? x;
      const source = memory ?? x_BTD;
      const q_BNTH = place(split(this.qProj.forward(x_BTD), this.heads));
      const k_BKTH = place(split(this.kProj.forward(source), this.kvHeads));
      const v_BKTH = split(this.vProj.forward(source), this.kvHeads);
      const { k, v } = cache?.append(layer, k_BKTH, v_BKTH) ?? { k: k_BKTH, v: v_BKTH };
      const y_BNTH = this.attend(q_BNTH, k, v, {
        ...{ mask, lengths, prefix, bias },
        ...(this.slopes && { slopes: tensor1d([...this.slopes], "float32") }),
        ...(this.scale !== undefined && { scale: this.scale }),
        dropout: this.training ? this.dropout : 0,
      });
      return this.oProj.forward(reshape(transpose(y_BNTH, [0, 2, 1, 3]), [b, t, this.heads * this.headDim]));
    });
  }
}

function checkSizes(sizes: { dim: number; heads: number; kvHeads: number; headDim: number }): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (Number.isInteger(size) && size > 0) continue;
    const hint = name === "headDim" ? "; without headDim, heads must divide dim" : "";
    throw new Error(`self-attention: ${name} must be a positive integer, got ${size}${hint}`);
  }
  const { heads, kvHeads } = sizes;
  if (heads % kvHeads !== 0) throw new Error(`self-attention: kvHeads must divide heads = ${heads}, got ${kvHeads}`);
}
