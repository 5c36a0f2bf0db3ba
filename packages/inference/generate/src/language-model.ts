// What generation needs of a model: a structure, so that any model fits without importing this package.

import type { Tensor } from "@tensorflow/tfjs-core";

/** Keys and values of past positions, as `@llm/kv-cache` keeps them. */
export interface Cache {
  /** Number of positions in it. */
  readonly length: number;
  /** Frees the memory. */
  dispose(): void;
}

/** A causal language model; `GPT2` and `Llama` are. */
export interface LanguageModel {
  /** The longest sequence, past positions in the cache included. */
  readonly maxLength: number;
  readonly vocabSize: number;
  /** Modules have it: whether layers such as dropout are active. */
  readonly training?: boolean;
  /** Modules have it: switches training mode. */
  train?(on: boolean): unknown;
  /** An empty cache. It must `keep` its tensors from the tidy that `forward` runs in. */
  createCache(): Cache;
  /**
   * @param ids_BT int32 [1, T], which continue the positions in the cache
   * @param options a cache of `createCache`, to be extended; `logits: "last"` says that the last row is enough, and
   *   may be ignored
   * @returns [1, T, V] or [1, 1, V]
   */
  forward(ids_BT: Tensor, options?: { cache?: Cache; logits?: "all" | "last" }): Tensor;
}
