// What decoder-only language models have in common, whatever their blocks are made of.
//
//   logits = head(hidden(ids)),  position t sees positions ≤ t (of its own segment)
//
// A subclass says how ids become hidden states and those become logits; masks, caches, packed segments, limits and
// "the last position only" are the same for all.
// Source: Vaswani et al., arXiv:1706.03762, without the encoder, as in Radford et al., 2018.
// Shapes: B batch, T time, S key time, D model dim, V vocabulary.

import type { SelfAttentionOptions } from "@llm/attention";
import { type KeyValueCache, KVCache } from "@llm/kv-cache";
import { type AttentionMask, causalMask, combineMasks, segmentMask } from "@llm/mask";
import { checkIds } from "@llm/model-config";
import { Module } from "@llm/module";
import { registerGradients } from "@llm/ops";
import { slice, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** What a forward pass may be told. */
export interface DecoderForwardOptions {
  /** Earlier positions, which these ids continue; it grows by them. */
  cache?: KeyValueCache;
  /** Default "causal". A tensor is boolean and broadcasts to [B, heads, T, S], true = may attend. */
  mask?: AttentionMask;
  /** int32 [B]: the first so many positions are seen by all, as in prefix language models. Only with "causal". */
  prefix?: Tensor;
  /** Positions for a rotary encoding, where they do not simply count on: int32 [T], or [B, T]. */
  positions?: Tensor;
  /** [B][T]: positions attend causally within their segment only, for packed examples. Not with cache or mask. */
  segments?: readonly ArrayLike<number>[];
  /** "last" computes the logits of the last position only. Default "all". */
  logits?: "all" | "last";
}

/** The sizes that the frame itself needs. */
export interface DecoderConfig {
  vocabSize: number;
  /** The longest sequence, past positions in a cache included. */
  maxLength: number;
  layers: number;
}

/** Base class of decoder-only language models. */
export abstract class Decoder<C extends DecoderConfig = DecoderConfig> extends Module {
  readonly config: C;

  /** @param config with all defaults filled in */
  constructor(config: C) {
    super();
    this.config = config;
  }

  /** int32 [B, T] → [B, T, D], ready for the head. The options are for every layer's attention. */
  protected abstract hidden(ids_BT: Tensor, options: SelfAttentionOptions): Tensor;

  /** [B, T, D] → [B, T, V] */
  protected abstract head(hidden_BTD: Tensor): Tensor;

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
  forward(ids_BT: Tensor, options: DecoderForwardOptions = {}): Tensor {
    const { cache, mask = "causal", prefix, positions, segments, logits = "all" } = options;
    const { name } = this.constructor;
    checkIds(name, ids_BT, { maxLength: this.maxLength, offset: cache?.length });
    if (segments && (cache || mask !== "causal")) {
      throw new Error(
        `${name}: segments imply a causal mask within each segment; give neither mask nor cache with them`,
      );
    }
    registerGradients();
    return tidy(() => {
      const [b, t] = ids_BT.shape as [number, number];
      const seen = segments ? combineMasks(causalMask(t), segmentMask(segments)) : mask;
      const hidden_BTD = this.hidden(ids_BT, { mask: seen, cache, prefix, positions });
      return this.head(logits === "all" ? hidden_BTD : slice(hidden_BTD, [0, t - 1, 0], [b, 1, -1]));
    });
  }
}

/** One block of a stack. */
export interface Layer<O extends object> {
  forward(x_BTD: Tensor, options: O): Tensor;
}

/**
 * Blocks one after the other, each told its number, which is its place in the cache.
 *
 * @param x_BTD [B, T, D]
 * @returns [B, T, D]
 */
export function throughLayers<O extends SelfAttentionOptions>(
  layers: readonly Layer<O>[],
  x_BTD: Tensor,
  options: O,
): Tensor {
  return layers.reduce((x, layer, i) => layer.forward(x, { ...options, layer: i }), x_BTD);
}
