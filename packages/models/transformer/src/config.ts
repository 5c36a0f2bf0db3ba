// The sizes of the Transformer of 2017, and how many parameters they make.
//
//   V·D + Le·(A + M + 4·D) + Ld·(2·A + M + 6·D),   A = 4·D² + 4·D,   M = 2·D·F + F + D
//
// (one matrix is the embedding of both sides and the head). Source: Vaswani et al., "Attention is all you need",
// arXiv:1706.03762, table 3, whose 65 and 213 million are these counts with a vocabulary of 37,000 pieces, rounded up
// for what the paper does not say.
// Letters: V vocabulary, D model dim, F hidden, L layers.

import { checkDivides, checkSizes } from "@llm/model-config";

/** What a Transformer is made of. */
export interface TransformerConfig {
  /** One vocabulary for both sides. */
  vocabSize: number;
  /** Longest sequence of either side. Default 512. */
  maxLength?: number;
  dim: number;
  /** Must divide `dim`. */
  heads: number;
  /** Blocks of the encoder. */
  layers: number;
  /** Default `layers`. */
  decoderLayers?: number;
  /** Width of the feed-forward. Default 4·dim. */
  hiddenDim?: number;
  /** Rate on embeddings and all branches, in training. Default 0; the paper has 0.1 and 0.3. */
  dropout?: number;
  /** Default 1e-5. */
  normEps?: number;
}

/** Names of the paper's sizes. */
export type TransformerPreset = "transformer-base" | "transformer-big";

/** The paper's sizes, with the 37,000 pieces of English and German. */
export const transformerPresets: Readonly<Record<TransformerPreset, Readonly<TransformerConfig>>> = {
  "transformer-base": { vocabSize: 37000, dim: 512, heads: 8, layers: 6 },
  "transformer-big": { vocabSize: 37000, dim: 1024, heads: 16, layers: 6 },
};

/**
 * The number of parameters, without making any.
 * @throws Error as `resolveConfig`
 */
export function transformerParameterCount(config: TransformerConfig): number {
  const { vocabSize, dim, layers, decoderLayers, hiddenDim } = resolveConfig(config);
  const attention = 4 * dim * dim + 4 * dim;
  const mlp = 2 * dim * hiddenDim + hiddenDim + dim;
  return vocabSize * dim + layers * (attention + mlp + 4 * dim) + decoderLayers * (2 * attention + mlp + 6 * dim);
}

/**
 * The configuration with its defaults filled in.
 * @throws Error when a size is not a positive whole number, or `heads` does not divide `dim`
 */
export function resolveConfig(config: TransformerConfig): Required<TransformerConfig> {
  const { vocabSize, maxLength = 512, dim, heads, layers, decoderLayers = layers, hiddenDim = 4 * dim } = config;
  const sizes = { vocabSize, maxLength, dim, heads, layers, decoderLayers, hiddenDim };
  checkSizes("Transformer", sizes);
  checkDivides("Transformer", { heads }, { dim });
  const { dropout = 0, normEps = 1e-5 } = config;
  return { ...sizes, dropout, normEps };
}
