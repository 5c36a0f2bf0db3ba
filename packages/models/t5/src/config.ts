// The sizes of T5 models, and how many parameters they make.
//
//   V·D·(1 | 2) + R·N·2 + Le·(A + M + 2·D) + Ld·(2·A + M + 3·D) + 2·D,   A = 4·D·N·H,   M = 2·D·F | 3·D·F gated
//
// (the embedding counts once when the head is tied to it; each stack has one table of R·N biases). Sources: Raffel et al.,
// arXiv:1910.10683; Shazeer, arXiv:2002.05202 (the gated feed-forward of version 1.1); the config.json of the weights.
// Letters: V vocabulary, D model dim, N heads, H head dim, F hidden, R buckets, L layers.

import { checkSizes } from "@llm/model-config";

/** What a T5 model is made of. */
export interface T5Config {
  vocabSize: number;
  /** Longest sequence of either side; nothing in the weights depends on it. Default 512. */
  maxLength?: number;
  dim: number;
  heads: number;
  /** Blocks of the encoder. */
  layers: number;
  /** Default `layers`. */
  decoderLayers?: number;
  /** Default 64, whatever `dim` and `heads` are. */
  headDim?: number;
  /** Width of the feed-forward. Default 4·dim. */
  hiddenDim?: number;
  /** Version 1 has "relu", 1.1 "gated-gelu". Default "relu". */
  feedForward?: "relu" | "gated-gelu";
  /** Default 32. */
  buckets?: number;
  /** Default 128. */
  maxDistance?: number;
  /** Rate on embeddings, attention weights and branches, in training. Default 0. */
  dropout?: number;
  /** Default 1e-6. */
  normEps?: number;
  /** Whether the head is the token embedding, its logits scaled by 1/√dim. Default true. */
  tied?: boolean;
}

/** Names of the published sizes, as on the Hugging Face hub. */
export type T5Preset =
  | "t5-small"
  | "t5-base"
  | "t5-large"
  | "t5-3b"
  | "t5-11b"
  | "t5-v1_1-small"
  | "t5-v1_1-base"
  | "t5-v1_1-large"
  | "t5-v1_1-xl"
  | "t5-v1_1-xxl";

const one = { vocabSize: 32128 };
const gated = { ...one, feedForward: "gated-gelu", tied: false } as const;

/** The published sizes. They were trained with dropout 0.1; here it is 0 unless set. */
export const t5Presets: Readonly<Record<T5Preset, Readonly<T5Config>>> = {
  "t5-small": { ...one, dim: 512, heads: 8, layers: 6 },
  "t5-base": { ...one, dim: 768, heads: 12, layers: 12 },
  "t5-large": { ...one, dim: 1024, heads: 16, layers: 24 },
  "t5-3b": { ...one, dim: 1024, heads: 32, headDim: 128, layers: 24, hiddenDim: 16384 },
  "t5-11b": { ...one, dim: 1024, heads: 128, headDim: 128, layers: 24, hiddenDim: 65536 },
  "t5-v1_1-small": { ...gated, dim: 512, heads: 6, layers: 8, hiddenDim: 1024 },
  "t5-v1_1-base": { ...gated, dim: 768, heads: 12, layers: 12, hiddenDim: 2048 },
  "t5-v1_1-large": { ...gated, dim: 1024, heads: 16, layers: 24, hiddenDim: 2816 },
  "t5-v1_1-xl": { ...gated, dim: 2048, heads: 32, layers: 24, hiddenDim: 5120 },
  "t5-v1_1-xxl": { ...gated, dim: 4096, heads: 64, layers: 24, hiddenDim: 10240 },
};

/**
 * The number of parameters, without making any.
 * @throws Error as `resolveConfig`
 */
export function t5ParameterCount(config: T5Config): number {
  const c = resolveConfig(config);
  const attention = 4 * c.dim * c.heads * c.headDim;
  const feedForward = (c.feedForward === "relu" ? 2 : 3) * c.dim * c.hiddenDim;
  const encoder = c.layers * (attention + feedForward + 2 * c.dim);
  const decoder = c.decoderLayers * (2 * attention + feedForward + 3 * c.dim);
  return c.vocabSize * c.dim * (c.tied ? 1 : 2) + 2 * c.buckets * c.heads + encoder + decoder + 2 * c.dim;
}

/**
 * The configuration with its defaults filled in.
 * @throws Error when a size is not a positive whole number, or the feed-forward is not known
 */
export function resolveConfig(config: T5Config): Required<T5Config> {
  const { vocabSize, maxLength = 512, dim, heads, layers, decoderLayers = layers } = config;
  const { headDim = 64, hiddenDim = 4 * dim, buckets = 32, maxDistance = 128 } = config;
  const sizes = { vocabSize, maxLength, dim, heads, layers, decoderLayers, headDim, hiddenDim, buckets, maxDistance };
  checkSizes("T5", sizes);
  const { feedForward = "relu", dropout = 0, normEps = 1e-6, tied = true } = config;
  if (feedForward !== "relu" && feedForward !== "gated-gelu") {
    throw new Error(`T5: feedForward must be "relu" or "gated-gelu", got ${JSON.stringify(feedForward)}`);
  }
  return { ...sizes, feedForward, dropout, normEps, tied };
}
