// What encoder-decoder models have in common: the source is read once, in both directions, and the target is written
// from left to right while looking at it.
//
//   memory = encoder(source),  logits = head(decoder(target, memory)),  target position t sees target positions ≤ t
//
// In training the decoder reads the right answer, shifted to the right by one (teacher forcing): all positions at once.
// Source: Vaswani et al., "Attention is all you need", arXiv:1706.03762, §3.1.
// Shapes: B batch, S source time, T target time, D model dim, V vocabulary.

import type { SelfAttentionOptions } from "@llm/attention";
import type { CrossAttentionOptions, KeysValues } from "@llm/cross-attention";
import { type KeyValueCache, KVCache } from "@llm/kv-cache";
import type { AttentionMask } from "@llm/mask";
import { checkIds } from "@llm/model-config";
import { Module } from "@llm/module";
import { registerGradients } from "@llm/ops";
import { dispose, keep, slice, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** What the encoder may be told. */
export interface EncodeOptions {
  /** int32 [B]: source positions at or beyond their sequence's length are padding, which nobody sees. */
  lengths?: Tensor;
  /** Default "none": all see all. A tensor is boolean and broadcasts to [B, heads, S, S], true = may attend. */
  mask?: "none" | Tensor;
}

/** What the decoder may be told. */
export interface DecodeOptions {
  /** Earlier target positions, which these ids continue; it grows by them. */
  cache?: KeyValueCache;
  /** Default "causal". */
  mask?: AttentionMask;
  /** int32 [B]: lengths of the targets, the rest is padding. Not needed with "causal", where padding comes last. */
  lengths?: Tensor;
  /** int32 [B]: lengths of the sources. */
  memoryLengths?: Tensor;
  /** What of the source each target position sees; boolean, broadcasts to [B, heads, T, S]. Default: all. */
  crossMask?: Tensor;
  /** "last" computes the logits of the last position only. Default "all". */
  logits?: "all" | "last";
}

/** What both are told, when they run one after the other. */
export interface EncoderDecoderForwardOptions extends Omit<DecodeOptions, "memoryLengths"> {
  /** int32 [B]: lengths of the sources. */
  sourceLengths?: Tensor;
  sourceMask?: "none" | Tensor;
}

/** The sizes that the frame itself needs. */
export interface EncoderDecoderConfig {
  vocabSize: number;
  /** Longest sequence of either side. */
  maxLength: number;
  decoderLayers: number;
}

/** A decoder that looks at one source: what `@llm/generate` takes. */
export interface MemoryDecoder {
  readonly maxLength: number;
  readonly vocabSize: number;
  createCache(): KVCache;
  forward(ids_BT: Tensor, options?: { cache?: KeyValueCache; logits?: "all" | "last" }): Tensor;
  /** Frees what is kept of the source. */
  dispose(): void;
}

/** What each decoder layer is told. */
export type DecoderLayerOptions = SelfAttentionOptions & CrossAttentionOptions;

/** Base class of encoder-decoder models. */
export abstract class EncoderDecoder<C extends EncoderDecoderConfig = EncoderDecoderConfig> extends Module {
  readonly config: C;

  /** @param config with all defaults filled in */
  constructor(config: C) {
    super();
    this.config = config;
  }

  /** int32 [B, S] → [B, S, D] */
  protected abstract encoded(ids_BS: Tensor, options: SelfAttentionOptions): Tensor;

  /** int32 [B, T] → [B, T, D], ready for the head. */
  protected abstract decoded(ids_BT: Tensor, options: DecoderLayerOptions): Tensor;

  /** The cross-attention of each decoder layer, which may project the memory once for all steps. */
  protected abstract crossAttentions(): readonly { keysValues(memory_BSD: Tensor): KeysValues }[];

  /** [B, T, D] → [B, T, V] */
  protected abstract head(hidden_BTD: Tensor): Tensor;

  /** Longest sequence of either side. */
  get maxLength(): number {
    return this.config.maxLength;
  }

  get vocabSize(): number {
    return this.config.vocabSize;
  }

  /** An empty cache for `decode`. The caller disposes it. */
  createCache(): KVCache {
    return new KVCache({ layers: this.config.decoderLayers });
  }

  /**
   * What the decoder looks at.
   *
   * @param ids_BS int32 [B, S]
   * @returns [B, S, D]
   * @throws Error when ids are not int32 [B, S], not in the vocabulary, or too long
   */
  encode(ids_BS: Tensor, { lengths, mask = "none" }: EncodeOptions = {}): Tensor {
    checkIds(this.constructor.name, ids_BS, { maxLength: this.maxLength });
    registerGradients();
    return tidy(() => this.encoded(ids_BS, { lengths, mask }));
  }

  /**
   * The logits of the token that follows each target position.
   *
   * @param ids_BT int32 [B, T], the targets shifted to the right
   * @param memory from `encode`, or its keys and values of each layer, from `keysValues`
   * @returns [B, T, V], or [B, 1, V] with `logits: "last"`
   * @throws Error when ids are not int32 [B, T], not in the vocabulary, or too long
   */
  decode(ids_BT: Tensor, memory: CrossAttentionOptions["memory"], options: DecodeOptions = {}): Tensor {
    const { cache, mask = "causal", lengths, memoryLengths, crossMask, logits = "all" } = options;
    checkIds(this.constructor.name, ids_BT, { maxLength: this.maxLength, offset: cache?.length });
    registerGradients();
    return tidy(() => {
      const [b, t] = ids_BT.shape as [number, number];
      const own = { mask, cache, lengths };
      const hidden_BTD = this.decoded(ids_BT, { ...own, memory, memoryLengths, memoryMask: crossMask });
      return this.head(logits === "all" ? hidden_BTD : slice(hidden_BTD, [0, t - 1, 0], [b, 1, -1]));
    });
  }

  /**
   * Both, as in training.
   *
   * @param source_BS int32 [B, S]
   * @param target_BT int32 [B, T], the targets shifted to the right: `shiftRight`
   * @returns [B, T, V]
   * @throws Error as `encode` and `decode`
   */
  forward(source_BS: Tensor, target_BT: Tensor, options: EncoderDecoderForwardOptions = {}): Tensor {
    const { sourceLengths, sourceMask, ...rest } = options;
    return tidy(() => {
      const memory_BSD = this.encode(source_BS, { lengths: sourceLengths, mask: sourceMask });
      return this.decode(target_BT, memory_BSD, { ...rest, memoryLengths: sourceLengths });
    });
  }

  /**
   * Keys and values of a memory for each decoder layer, computed once for many steps; the caller disposes them.
   *
   * @param memory_BSD from `encode`
   */
  keysValues(memory_BSD: Tensor): KeysValues[] {
    return this.crossAttentions().map((each) => each.keysValues(memory_BSD));
  }

  /**
   * The decoder with its eyes on one source, which generates step by step as a decoder-only model does. The source is
   * read once, and its keys and values are kept until `dispose`.
   *
   * @param source_BS int32 [B, S]
   * @throws Error as `encode`
   */
  decoderOf(source_BS: Tensor, { lengths, mask }: EncodeOptions = {}): MemoryDecoder {
    let memory: KeysValues[] = [];
    tidy(() => {
      memory = this.keysValues(this.encode(source_BS, { lengths, mask }));
      for (const { k, v } of memory) [keep(k), keep(v)];
    });
    return {
      maxLength: this.maxLength,
      vocabSize: this.vocabSize,
      createCache: () => this.createCache(),
      forward: (ids_BT, options) => this.decode(ids_BT, memory, { ...options, memoryLengths: lengths }),
      dispose: () => dispose(memory.flatMap(({ k, v }) => [k, v])),
    };
  }
}

/**
 * What the decoder reads in training: the start token, then all targets but the last.
 *
 * @param targets ids of a row; -100, which asks nothing, becomes `padId`
 */
export function shiftRight(
  targets: ArrayLike<number>,
  { startId, padId = startId }: { startId: number; padId?: number },
): Int32Array {
  return Int32Array.from(targets, (_, i) => (i === 0 ? startId : (targets[i - 1] as number))).map((id) =>
    id === -100 ? padId : id,
  );
}
