// The sizes of BERT models, and how many parameters they make.
//
//   (V + M + S)·D + 2·D + L·(4·D² + 2·D·F + F + 9·D) + (D² + D)    [+ D² + 3·D + V with the head of the masked words]
//
// (embeddings and their norm, blocks, pooler). Source: Devlin et al., "BERT", arXiv:1810.04805, and the config.json of the
// published weights.
// Letters: V vocabulary, M maximal length, S sentence types, D model dim, F hidden, L layers.

import { checkDivides, checkSizes } from "@llm/model-config";

/** What a BERT model is made of. */
export interface BertConfig {
  vocabSize: number;
  /** Number of positions: the longest sequence that the model can see. Default 512. */
  maxLength?: number;
  dim: number;
  /** Must divide `dim`. */
  heads: number;
  layers: number;
  /** Width of the feed-forward. Default 4·dim. */
  hiddenDim?: number;
  /** Kinds of sentences: the first, the second. Default 2. */
  types?: number;
  /** Rate on embeddings, attention weights and both branches of a block, in training. Default 0. */
  dropout?: number;
  /** Default 1e-12. */
  normEps?: number;
}

/** Names of the published sizes, as on the Hugging Face hub. */
export type BertPreset = "bert-base-uncased" | "bert-large-uncased" | "bert-base-cased" | "bert-large-cased";

const base = { dim: 768, heads: 12, layers: 12 };
const large = { dim: 1024, heads: 16, layers: 24 };

/** The published sizes. They were trained with dropout 0.1; here it is 0 unless set. */
export const bertPresets: Readonly<Record<BertPreset, Readonly<BertConfig>>> = {
  "bert-base-uncased": { ...base, vocabSize: 30522 },
  "bert-large-uncased": { ...large, vocabSize: 30522 },
  "bert-base-cased": { ...base, vocabSize: 28996 },
  "bert-large-cased": { ...large, vocabSize: 28996 },
};

/**
 * The number of parameters of `Bert`, or of `BertForMaskedLM` with `head: "masked-lm"` (which has no pooler), without
 * making any.
 *
 * @throws Error as `resolveConfig`
 */
export function bertParameterCount(
  config: BertConfig,
  { head = "pooler" }: { head?: "pooler" | "masked-lm" } = {},
): number {
  const { vocabSize, maxLength, types, dim, layers, hiddenDim } = resolveConfig(config);
  const embeddings = (vocabSize + maxLength + types) * dim + 2 * dim;
  const block = 4 * dim * dim + 2 * dim * hiddenDim + hiddenDim + 9 * dim;
  const top = head === "pooler" ? dim * dim + dim : dim * dim + 3 * dim + vocabSize;
  return embeddings + layers * block + top;
}

/**
 * The configuration with its defaults filled in.
 * @throws Error when a size is not a positive whole number, or `heads` does not divide `dim`
 */
export function resolveConfig(config: BertConfig): Required<BertConfig> {
  const { vocabSize, maxLength = 512, dim, heads, layers, hiddenDim = 4 * dim, types = 2 } = config;
  const sizes = { vocabSize, maxLength, dim, heads, layers, hiddenDim, types };
  checkSizes("Bert", sizes);
  checkDivides("Bert", { heads }, { dim });
  const { dropout = 0, normEps = 1e-12 } = config;
  return { ...sizes, dropout, normEps };
}
