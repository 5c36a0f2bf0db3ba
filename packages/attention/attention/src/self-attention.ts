// What all self-attention modules have in common: four projections around an attention function.
//
//   y = merge(attend(place(norm(split(x·Wqᵀ))), place(norm(split(x·Wkᵀ))), split(x·Wvᵀ)))·Woᵀ
//
// Parameters are named as in Hugging Face's Llama: q_proj, k_proj, v_proj, o_proj; norms as in its Qwen3: q_norm, k_norm.
// Shapes: B batch, T query time, S key time, D model dim, N heads, K kv heads, H head dim.

import { Linear } from "@llm/linear";
import { Module } from "@llm/module";
import { Random } from "@llm/random";
import { reshape, type Tensor, tensor, tidy, transpose } from "@tensorflow/tfjs-core";
import type { AttentionOptions } from "./options.js";
import {
  checkSizes,
  type HeadNorm,
  type Position,
  type SelfAttentionConfig,
  type SelfAttentionOptions,
} from "./self-attention-config.js";

/** Base class: subclasses say how projected queries attend. */
export abstract class SelfAttention extends Module {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly dropout: number;
  /** How scores are made, in every pass. */
  readonly scores: Readonly<Pick<AttentionOptions, "scale" | "softCap" | "window" | "sinks">>;
  readonly slopes: readonly number[] | undefined;
  position?: Position;
  qProj: Linear;
  kProj: Linear;
  vProj: Linear;
  oProj: Linear;
  qNorm?: HeadNorm;
  kNorm?: HeadNorm;

  /** @throws Error when a size is not a positive integer, or `kvHeads` does not divide `heads` */
  constructor(config: SelfAttentionConfig) {
    super();
    const { dim, heads, kvHeads, headDim = dim / heads, bias, dropout = 0, std, random = new Random(0) } = config;
    checkSizes({ dim, heads, kvHeads, headDim });
    const { queryStd = std, valueStd = std, projectionStd = std, position, slopes, qNorm, kNorm } = config;
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.dropout = dropout;
    const { scale, softCap, window, sinks } = config;
    this.scores = { scale, softCap, window, sinks };
    this.slopes = slopes && Array.from(slopes);
    if (position) this.position = position;
    const project = (name: "q" | "k" | "v" | "o", inDim: number, outDim: number, std?: number): Linear => {
      const has = typeof bias === "boolean" ? bias : (bias[name] ?? false);
      return new Linear({ inDim, outDim, bias: has, std, random: random.fork(`${name}_proj`) });
    };
    this.qProj = project("q", dim, heads * headDim, queryStd);
    this.kProj = project("k", dim, kvHeads * headDim, std);
    this.vProj = project("v", dim, kvHeads * headDim, valueStd);
    this.oProj = project("o", heads * headDim, dim, projectionStd);
    if (qNorm) this.qNorm = qNorm;
    if (kNorm) this.kNorm = kNorm;
  }

  /** [B, N, T, H] × [B, K, S, H] × [B, K, S, H] → [B, N, T, H] */
  protected abstract attend(q_BNTH: Tensor, k_BKSH: Tensor, v_BKSH: Tensor, options: AttentionOptions): Tensor;

  /** [B, T, D] → [B, T, D] */
  forward(x_BTD: Tensor, options: SelfAttentionOptions = {}): Tensor {
    const [b, t] = x_BTD.shape as [number, number];
    if (x_BTD.rank !== 3) {
      throw new Error(`${this.constructor.name}: x must be [batch, time, dim], got shape [${x_BTD.shape}]`);
    }
    const { mask = "causal", lengths, prefix, bias } = options;
    return tidy(() => {
      const { q, k, v } = this.#project(x_BTD, options);
      const slopes = this.slopes && tensor(Float32Array.from(this.slopes), [this.slopes.length]);
      const dropout = this.training ? this.dropout : 0;
      const y_BNTH = this.attend(q, k, v, { ...this.scores, mask, lengths, prefix, bias, slopes, dropout });
      return this.oProj.forward(reshape(transpose(y_BNTH, [0, 2, 1, 3]), [b, t, this.heads * this.headDim]));
    });
  }

  /** Queries of x, and keys and values of x and of all that is in the cache, in their places. */
  #project(x_BTD: Tensor, { cache, layer = 0, positions }: SelfAttentionOptions): Record<"q" | "k" | "v", Tensor> {
    const [b, t] = x_BTD.shape as [number, number];
    const split = (x: Tensor, heads: number): Tensor =>
      transpose(reshape(x, [b, t, heads, this.headDim]), [0, 2, 1, 3]);
    const place = (x: Tensor, at: number | Tensor): Tensor => this.position?.forward(x, at) ?? x;
    const q = split(this.qProj.forward(x_BTD), this.heads);
    const k = split(this.kProj.forward(x_BTD), this.kvHeads);
    const v = split(this.vProj.forward(x_BTD), this.kvHeads);
    const [normedQ, normedK] = [this.qNorm?.forward(q) ?? q, this.kNorm?.forward(k) ?? k];
    if (cache?.places === "own") {
      if (positions) throw new Error(`${this.constructor.name}: this cache gives tokens places; leave positions out`);
      // Keys move as the cache forgets, so it holds them unplaced.
      const all = cache.append(layer, normedK, v);
      return { q: place(normedQ, (all.k.shape[2] as number) - t), k: place(all.k, 0), v: all.v };
    }
    const at = positions ?? cache?.length ?? 0;
    const placed = { k: place(normedK, at), v };
    return { q: place(normedQ, at), ...(cache?.append(layer, placed.k, v) ?? placed) };
  }
}
