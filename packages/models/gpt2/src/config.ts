// The sizes of GPT-2 models, and how many parameters they make.
//
//   V·D + M·D + L·(4·D² + 2·D·F + 2·D  [+ 7·D + F with biases]) + D [+ D]
//
// (with F = 4·D and biases: V·D + M·D + L·(12·D² + 13·D) + 2·D). The head is the token embedding, counted once.
// Source: Radford et al., "Language models are unsupervised multitask learners", 2019, and the published weights,
// which are larger than the paper's table says.
// Letters: V vocabulary, M maximal length, D model dim, F hidden, L layers.

import { checkDivides, checkSizes } from "@llm/model-config";

/** What a GPT-2 model is made of. */
export interface GPT2Config {
  vocabSize: number;
  /** Number of positions: the longest sequence that the model can see. */
  maxLength: number;
  dim: number;
  /** Must divide `dim`. */
  heads: number;
  layers: number;
  /** Width of the feed-forward. Default 4·dim. */
  hiddenDim?: number;
  /** Whether linear layers and norms have biases. GPT-2 has (default true), nanoGPT trains without. */
  bias?: boolean;
  /** Rate on embeddings, attention weights and both branches of a block, in training. Default 0. */
  dropout?: number;
  /** Default 1e-5. */
  normEps?: number;
}

/** Names of the published sizes, as on the Hugging Face hub. */
export type GPT2Preset = "gpt2" | "gpt2-medium" | "gpt2-large" | "gpt2-xl";

const published = { vocabSize: 50257, maxLength: 1024 };

/** The published sizes. They were trained with dropout 0.1; here it is 0 unless set. */
export const gpt2Presets: Readonly<Record<GPT2Preset, Readonly<GPT2Config>>> = {
  gpt2: { ...published, dim: 768, heads: 12, layers: 12 },
  "gpt2-medium": { ...published, dim: 1024, heads: 16, layers: 24 },
  "gpt2-large": { ...published, dim: 1280, heads: 20, layers: 36 },
  "gpt2-xl": { ...published, dim: 1600, heads: 25, layers: 48 },
};

/**
 * The number of parameters, without making any.
 * @throws Error as `resolveConfig`
 */
export function gpt2ParameterCount(config: GPT2Config): number {
  const { vocabSize, maxLength, dim, layers, hiddenDim, bias } = resolveConfig(config);
  const block = 4 * dim * dim + 2 * dim * hiddenDim + 2 * dim;
  const blockBiases = 7 * dim + hiddenDim;
  const embeddings = (vocabSize + maxLength) * dim;
  return embeddings + layers * (block + (bias ? blockBiases : 0)) + (bias ? 2 : 1) * dim;
}

/**
 * The configuration with its defaults filled in.
 * @throws Error when a size is not a positive whole number, or `heads` does not divide `dim`
 */
export function resolveConfig(config: GPT2Config): Required<GPT2Config> {
  const { vocabSize, maxLength, dim, heads, layers, hiddenDim = 4 * dim } = config;
  const sizes = { vocabSize, maxLength, dim, heads, layers, hiddenDim };
  checkSizes("GPT2", sizes);
  checkDivides("GPT2", { heads }, { dim });
  const { bias = true, dropout = 0, normEps = 1e-5 } = config;
  return { ...sizes, bias, dropout, normEps };
}
