// What a self-attention module is made of, and what each of its forward passes may be told.

import type { KeyValueCache } from "@llm/kv-cache";
import type { Module } from "@llm/module";
import type { Random } from "@llm/random";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { AttentionOptions } from "./options.js";

/** A position encoding of queries and keys, such as `Rope`. */
export interface Position {
  /** @param at position of the first of the T rows, or the positions of all, in whatever shape the encoding takes them */
  forward(x_BNTH: Tensor, at: number | Tensor): Tensor;
}

/** A norm of each head's features, such as `RMSNorm`. */
export type HeadNorm = Module & { forward(x: Tensor): Tensor };

/** Which projections have a bias; those that are not named have none. */
export interface ProjectionBiases {
  q?: boolean;
  k?: boolean;
  v?: boolean;
  o?: boolean;
}

/** Sizes, initialization, and everything that stays the same from pass to pass. */
export interface SelfAttentionConfig extends Pick<AttentionOptions, "scale" | "softCap" | "window" | "sinks"> {
  dim: number;
  heads: number;
  /** Must divide `heads`. */
  kvHeads: number;
  /** Default dim / heads. */
  headDim?: number;
  /** Whether the projections have biases, all or each: ChatGLM2 has q, k and v only. */
  bias: boolean | ProjectionBiases;
  /** Probability with which an attention weight is dropped in training. Default 0. */
  dropout?: number;
  /** Standard deviation of the initial weights. Default 1/√(input features). */
  std?: number;
  /** The same for the query projection, which T5 makes smaller instead of scaling scores. Default `std`. */
  queryStd?: number;
  /** The same for the value projection, which DeepNorm makes smaller. Default `std`. */
  valueStd?: number;
  /** The same for the output projection. Default `std`. */
  projectionStd?: number;
  /** Applied to queries and keys. Default: none. */
  position?: Position;
  /** ALiBi's slope of each head, from `@llm/alibi`. Default: none. */
  slopes?: ArrayLike<number>;
  /** Norms of queries and keys, before their positions; `@llm/qk-norm` makes both. Default: none. */
  qNorm?: HeadNorm;
  kNorm?: HeadNorm;
  /** Default: a fixed seed. */
  random?: Random;
}

/** What a forward pass may be told. */
export interface SelfAttentionOptions extends Pick<AttentionOptions, "mask" | "lengths" | "prefix" | "bias"> {
  /** Keys and values of earlier positions; x continues them. */
  cache?: KeyValueCache;
  /** Which layer of the cache is this module's. Default 0. */
  layer?: number;
  /** Positions of x, handed to the position encoding. Default: they count up from the cache's length. */
  positions?: Tensor;
}

/** @throws Error when a size is not a positive integer, or `kvHeads` does not divide `heads` */
export function checkSizes(sizes: { dim: number; heads: number; kvHeads: number; headDim: number }): void {
  for (const [name, size] of Object.entries(sizes)) {
    if (Number.isInteger(size) && size > 0) continue;
    const hint = name === "headDim" ? "; without headDim, heads must divide dim" : "";
    throw new Error(`self-attention: ${name} must be a positive integer, got ${size}${hint}`);
  }
  const { heads, kvHeads } = sizes;
  if (heads % kvHeads !== 0) throw new Error(`self-attention: kvHeads must divide heads = ${heads}, got ${kvHeads}`);
}
