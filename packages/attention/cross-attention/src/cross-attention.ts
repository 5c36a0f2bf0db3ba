// Attention from one sequence to another: queries of the decoder, keys and values of what the encoder read.
//
//   y = merge(attend(split(x·Wqᵀ), split(m·Wkᵀ), split(m·Wvᵀ)))·Woᵀ
//
// Keys and values do not depend on x: for decoding step by step they are computed once (`keysValues`). There are no
// position encodings, since x and m do not count the same positions.
// Source: Vaswani et al., "Attention is all you need", https://arxiv.org/abs/1706.03762, §3.2.3.
// Shapes: B batch, T time of x, S time of the memory, D model dim, M memory dim, N heads, K kv heads, H head dim.

import type { HeadNorm, ProjectionBiases } from "@llm/attention";
import { groupedQueryAttention } from "@llm/gqa";
import { Linear } from "@llm/linear";
import { Module } from "@llm/module";
import { Random } from "@llm/random";
import { reshape, type Tensor, tidy, transpose } from "@tensorflow/tfjs-core";

/** Sizes and initialization. */
export interface CrossAttentionConfig {
  dim: number;
  /** Features of the memory. Default dim. */
  memoryDim?: number;
  heads: number;
  /** Must divide `heads`. Default heads. */
  kvHeads?: number;
  /** Default dim / heads. */
  headDim?: number;
  /** Whether the projections have biases, all or each. Default true. */
  bias?: boolean | ProjectionBiases;
  /** Probability with which an attention weight is dropped in training. Default 0. */
  dropout?: number;
  /** Factor on the scores. Default 1/√H; T5 has 1. */
  scale?: number;
  /** Scores are brought between ±softCap. Default: they are not. */
  softCap?: number;
  /** Standard deviation of the initial weights. Default 1/√(input features). */
  std?: number;
  /** The same for the query projection, which T5 makes smaller instead of scaling scores. Default `std`. */
  queryStd?: number;
  /** The same for the value projection. Default `std`. */
  valueStd?: number;
  /** The same for the output projection. Default `std`. */
  projectionStd?: number;
  /** Norms of each head's queries and keys. Default: none. */
  qNorm?: HeadNorm;
  kNorm?: HeadNorm;
  /** Default: a fixed seed. */
  random?: Random;
}

/** Projected keys and values of a memory, [B, K, S, H] each. */
export interface KeysValues {
  k: Tensor;
  v: Tensor;
}

/** What a forward pass is told. */
export interface CrossAttentionOptions {
  /** [B, S, M], or what `keysValues` made of it for each layer. */
  memory: Tensor | readonly KeysValues[];
  /** Which of the memory's keys and values are this module's. Default 0. */
  layer?: number;
  /** int32 [B]: the memory's positions at or beyond its sequence's length are padding. */
  memoryLengths?: Tensor;
  /** Boolean, broadcasts to [B, N, T, S], true = may attend. Default: all of the memory. */
  memoryMask?: Tensor;
}

/** Multi-head (or grouped-query) attention to another sequence. */
export class CrossAttention extends Module {
  readonly heads: number;
  readonly kvHeads: number;
  readonly headDim: number;
  readonly dropout: number;
  readonly scores: Readonly<Pick<CrossAttentionConfig, "scale" | "softCap">>;
  qProj: Linear;
  kProj: Linear;
  vProj: Linear;
  oProj: Linear;
  qNorm?: HeadNorm;
  kNorm?: HeadNorm;

  /** @throws Error when a size is not a positive integer, or `kvHeads` does not divide `heads` */
  constructor(config: CrossAttentionConfig) {
    super();
    const { dim, memoryDim = dim, heads, kvHeads = heads, headDim = dim / heads } = config;
    checkSizes({ dim, memoryDim, heads, kvHeads, headDim });
    const {
      bias = true,
      dropout = 0,
      std,
      queryStd = std,
      valueStd = std,
      projectionStd = std,
      random = new Random(0),
    } = config;
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.dropout = dropout;
    this.scores = { scale: config.scale, softCap: config.softCap };
    const project = (name: "q" | "k" | "v" | "o", inDim: number, outDim: number, std?: number): Linear => {
      const has = typeof bias === "boolean" ? bias : (bias[name] ?? false);
      return new Linear({ inDim, outDim, bias: has, std, random: random.fork(`${name}_proj`) });
    };
    this.qProj = project("q", dim, heads * headDim, queryStd);
    this.kProj = project("k", memoryDim, kvHeads * headDim, std);
    this.vProj = project("v", memoryDim, kvHeads * headDim, valueStd);
    this.oProj = project("o", heads * headDim, dim, projectionStd);
    if (config.qNorm) this.qNorm = config.qNorm;
    if (config.kNorm) this.kNorm = config.kNorm;
  }

  /**
   * Keys and values of a memory, for many forward passes; the caller disposes them.
   * @param memory_BSM [B, S, M]
   */
  keysValues(memory_BSM: Tensor): KeysValues {
    return tidy(() => {
      const k = this.#split(this.kProj.forward(memory_BSM), this.kvHeads);
      return { k: this.kNorm?.forward(k) ?? k, v: this.#split(this.vProj.forward(memory_BSM), this.kvHeads) };
    });
  }

  /**
   * [B, T, D] → [B, T, D]
   * @throws Error when there are no keys and values for this layer, or shapes do not fit
   */
  forward(x_BTD: Tensor, options?: CrossAttentionOptions): Tensor {
    const { memory, layer = 0, memoryLengths: lengths, memoryMask: mask = "none" } = options ?? ({} as never);
    const given = Array.isArray(memory) ? (memory as readonly KeysValues[])[layer] : (memory as Tensor | undefined);
    if (!given || x_BTD.rank !== 3) {
      throw new Error(
        `CrossAttention: needs x [batch, time, dim] and the memory (of layer ${layer}) to attend to, got ${given ? "" : "no memory and "}x of shape [${x_BTD.shape}]`,
      );
    }
    const [b, t] = x_BTD.shape as [number, number];
    return tidy(() => {
      const q = this.#split(this.qProj.forward(x_BTD), this.heads);
      const { k, v } = "k" in given ? given : this.keysValues(given);
      const dropout = this.training ? this.dropout : 0;
      const y_BNTH = groupedQueryAttention(this.qNorm?.forward(q) ?? q, k, v, {
        ...this.scores,
        mask,
        lengths,
        dropout,
      });
      return this.oProj.forward(reshape(transpose(y_BNTH, [0, 2, 1, 3]), [b, t, this.heads * this.headDim]));
    });
  }

  #split(x: Tensor, heads: number): Tensor {
    const [b, time] = x.shape as [number, number];
    return transpose(reshape(x, [b, time, heads, this.headDim]), [0, 2, 1, 3]);
  }
}

function checkSizes(sizes: Record<"dim" | "memoryDim" | "heads" | "kvHeads" | "headDim", number>): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (Number.isInteger(size) && size > 0) continue;
    const hint = name === "headDim" ? "; without headDim, heads must divide dim" : "";
    throw new Error(`CrossAttention: ${name} must be a positive integer, got ${size}${hint}`);
  }
  const { heads, kvHeads } = sizes;
  if (heads % kvHeads !== 0) throw new Error(`CrossAttention: kvHeads must divide heads = ${heads}, got ${kvHeads}`);
}
