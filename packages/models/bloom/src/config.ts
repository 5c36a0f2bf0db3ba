// The sizes of BLOOM models, and how many parameters they make.
//
//   V·D + 2·D + L·(4·D² + 2·D·F + F + 9·D) + 2·D      (with F = 4·D: V·D + 2·D + L·(12·D² + 13·D) + 2·D)
//
// (the embedding and its norm, blocks, the last norm; the head is the embedding). Source: Le Scao et al., "BLOOM: A
// 176B-parameter open-access multilingual language model", arXiv:2211.05100, and the config.json of the weights.
// Letters: V vocabulary, D model dim, F hidden, L layers.

import { checkDivides, checkSizes } from "@llm/model-config";

/** What a BLOOM model is made of. */
export interface BloomConfig {
  vocabSize: number;
  /** The longest sequence; nothing in the weights depends on it. */
  maxLength: number;
  dim: number;
  /** Must divide `dim`. */
  heads: number;
  layers: number;
  /** Width of the feed-forward. Default 4·dim. */
  hiddenDim?: number;
  /** Rate on attention weights and both branches of a block, in training. Default 0. */
  dropout?: number;
  /** Default 1e-5. */
  normEps?: number;
}

/** Names of the published sizes. */
export type BloomPreset = "bloom-560m" | "bloom-1b1" | "bloom-1b7" | "bloom-3b" | "bloom-7b1" | "bloom-176b";

// 250,680 tokens, padded so that 128 times 4 devices can share them.
const published = { vocabSize: 250880, maxLength: 2048 };

/** The published sizes; the last is `bigscience/bloom`. */
export const bloomPresets: Readonly<Record<BloomPreset, Readonly<BloomConfig>>> = {
  "bloom-560m": { ...published, dim: 1024, heads: 16, layers: 24 },
  "bloom-1b1": { ...published, dim: 1536, heads: 16, layers: 24 },
  "bloom-1b7": { ...published, dim: 2048, heads: 16, layers: 24 },
  "bloom-3b": { ...published, dim: 2560, heads: 32, layers: 30 },
  "bloom-7b1": { ...published, dim: 4096, heads: 32, layers: 30 },
  "bloom-176b": { ...published, dim: 14336, heads: 112, layers: 70 },
};

/**
 * The number of parameters, without making any.
 * @throws Error as `resolveConfig`
 */
export function bloomParameterCount(config: BloomConfig): number {
  const { vocabSize, dim, layers, hiddenDim } = resolveConfig(config);
  const block = 4 * dim * dim + 2 * dim * hiddenDim + hiddenDim + 9 * dim;
  return vocabSize * dim + 2 * dim + layers * block + 2 * dim;
}

/**
 * The configuration with its defaults filled in.
 * @throws Error when a size is not a positive whole number, or `heads` does not divide `dim`
 */
export function resolveConfig(config: BloomConfig): Required<BloomConfig> {
  const { vocabSize, maxLength, dim, heads, layers, hiddenDim = 4 * dim } = config;
  const sizes = { vocabSize, maxLength, dim, heads, layers, hiddenDim };
  checkSizes("Bloom", sizes);
  checkDivides("Bloom", { heads }, { dim });
  const { dropout = 0, normEps = 1e-5 } = config;
  return { ...sizes, dropout, normEps };
}
