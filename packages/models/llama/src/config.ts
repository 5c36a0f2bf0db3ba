// The sizes of LLaMA models, and how many parameters they make.
//
//   V·D·(1 | 2) + L·(2·D·N·H + 2·D·K·H + 3·D·F + 2·D) + D
//
// (the embedding counts once when the head is tied to it). Sources: Touvron et al., arXiv:2302.13971 (LLaMA) and
// arXiv:2307.09288 (2); "The Llama 3 herd of models", arXiv:2407.21783; TinyLlama, arXiv:2401.02385; the config.json
// of the published weights.
// Letters: V vocabulary, D model dim, N heads, K kv heads, H head dim, F hidden, L layers.

import { gluHiddenDim } from "@llm/glu";
import { checkDivides, checkSizes } from "@llm/model-config";
import type { RopeScaling } from "@llm/rope";

/** What a LLaMA model is made of. */
export interface LlamaConfig {
  vocabSize: number;
  /** Number of positions: the longest sequence that the model may see. */
  maxLength: number;
  dim: number;
  heads: number;
  layers: number;
  /** Heads of keys and values; must divide `heads`. Default `heads`. */
  kvHeads?: number;
  /** Default dim / heads. */
  headDim?: number;
  /** Width of the feed-forward. Default: about 8/3·dim, rounded up to a multiple of 256. */
  hiddenDim?: number;
  /** Default 10000; Llama 3 has 500000. */
  ropeBase?: number;
  /** How rotations are slowed down for long contexts; Llama 3.1 and later. */
  ropeScaling?: RopeScaling;
  /** Default 1e-5; LLaMA 1 has 1e-6. */
  normEps?: number;
  /** Whether the head is the token embedding. Default false. */
  tied?: boolean;
}

/** A configuration with its defaults filled in. */
export type ResolvedLlamaConfig = Required<Omit<LlamaConfig, "ropeScaling">> & Pick<LlamaConfig, "ropeScaling">;

/** Names of the published sizes. */
export type LlamaPreset =
  | "llama-7b"
  | "llama-13b"
  | "llama-33b"
  | "llama-65b"
  | "llama-2-7b"
  | "llama-2-13b"
  | "llama-2-70b"
  | "llama-3-8b"
  | "llama-3-70b"
  | "llama-3.2-1b"
  | "tinyllama-1.1b"
  | "stories15m";

const one = { vocabSize: 32000, maxLength: 2048, normEps: 1e-6 };
const two = { vocabSize: 32000, maxLength: 4096, normEps: 1e-5 };
const three = { vocabSize: 128256, maxLength: 8192, normEps: 1e-5, kvHeads: 8, ropeBase: 500000 };
const size7 = { dim: 4096, heads: 32, layers: 32, hiddenDim: 11008 };
const size13 = { dim: 5120, heads: 40, layers: 40, hiddenDim: 13824 };
const size70 = { dim: 8192, heads: 64, kvHeads: 8, layers: 80, hiddenDim: 28672 };

/** The published sizes; stories15m is of llama2.c. */
export const llamaPresets: Readonly<Record<LlamaPreset, Readonly<LlamaConfig>>> = {
  "llama-7b": { ...one, ...size7 },
  "llama-13b": { ...one, ...size13 },
  "llama-33b": { ...one, dim: 6656, heads: 52, layers: 60, hiddenDim: 17920 },
  "llama-65b": { ...one, dim: 8192, heads: 64, layers: 80, hiddenDim: 22016 },
  "llama-2-7b": { ...two, ...size7 },
  "llama-2-13b": { ...two, ...size13 },
  "llama-2-70b": { ...two, ...size70 },
  "llama-3-8b": { ...three, dim: 4096, heads: 32, layers: 32, hiddenDim: 14336 },
  "llama-3-70b": { ...three, ...size70 },
  "llama-3.2-1b": {
    ...three,
    ...{ dim: 2048, heads: 32, layers: 16, hiddenDim: 8192, maxLength: 131072, tied: true },
    ropeScaling: { kind: "llama3", factor: 32, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalLength: 8192 },
  },
  "tinyllama-1.1b": { ...one, normEps: 1e-5, dim: 2048, heads: 32, kvHeads: 4, layers: 22, hiddenDim: 5632 },
  stories15m: { ...one, normEps: 1e-5, maxLength: 256, dim: 288, heads: 6, layers: 6, hiddenDim: 768, tied: true },
};

/**
 * The number of parameters, without making any.
 * @throws Error as `resolveConfig`
 */
export function llamaParameterCount(config: LlamaConfig): number {
  const { vocabSize, dim, heads, kvHeads, headDim, hiddenDim, layers, tied } = resolveConfig(config);
  const attention = 2 * dim * headDim * (heads + kvHeads);
  const block = attention + 3 * dim * hiddenDim + 2 * dim;
  return vocabSize * dim * (tied ? 1 : 2) + layers * block + dim;
}

/**
 * The configuration with its defaults filled in.
 * @throws Error when a size is not a positive whole number, `kvHeads` does not divide `heads`, or `headDim` is odd
 */
export function resolveConfig(config: LlamaConfig): ResolvedLlamaConfig {
  const { vocabSize, maxLength, dim, heads, layers } = config;
  const { kvHeads = heads, headDim = dim / heads, hiddenDim = gluHiddenDim(dim) } = config;
  const sizes = { vocabSize, maxLength, dim, heads, kvHeads, headDim, hiddenDim, layers };
  checkSizes("Llama", sizes);
  checkDivides("Llama", { kvHeads }, { heads });
  if (headDim % 2 !== 0)
    throw new Error(`Llama: headDim must be even, because features rotate in pairs; got ${headDim}`);
  const { ropeBase = 10000, ropeScaling, normEps = 1e-5, tied = false } = config;
  return { ...sizes, ropeBase, normEps, tied, ...(ropeScaling && { ropeScaling }) };
}
