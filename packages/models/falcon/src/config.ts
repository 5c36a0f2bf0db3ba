// The sizes of Falcon models, and how many parameters they make.
//
//   V·D·(1 | 2) + L·(D·(N + 2·K)·H + N·H·D + 2·D·F + {2·D | 4·D}) + 2·D
//
// (the embedding counts once when the head is tied to it; a block has one norm or two). Sources: Almazrouei et al., "The
// Falcon series of open language models", arXiv:2311.16867, and the config.json of the published weights.
// Letters: V vocabulary, D model dim, N heads, K kv heads, H head dim, F hidden, L layers.

import { checkDivides, checkSizes } from "@llm/model-config";

/** What a Falcon model is made of. */
export interface FalconConfig {
  vocabSize: number;
  /** Number of positions: the longest sequence that the model may see. */
  maxLength: number;
  dim: number;
  heads: number;
  layers: number;
  /** Heads of keys and values; must divide `heads`. Default 1, as Falcon-7B. */
  kvHeads?: number;
  /** Default dim / heads. */
  headDim?: number;
  /** Width of the feed-forward. Default 4·dim. */
  hiddenDim?: number;
  /** Whether attention and feed-forward read one norm (7B) or one each (40B, 180B). Default "shared". */
  norms?: "shared" | "separate";
  /** Default 10000. */
  ropeBase?: number;
  /** Default 1e-5. */
  normEps?: number;
  /** Whether the head is the token embedding. Default true. */
  tied?: boolean;
}

/** Names of the published sizes. */
export type FalconPreset = "falcon-7b" | "falcon-40b" | "falcon-180b";

const published = { vocabSize: 65024, maxLength: 2048 };

/** The published sizes. */
export const falconPresets: Readonly<Record<FalconPreset, Readonly<FalconConfig>>> = {
  "falcon-7b": { ...published, dim: 4544, heads: 71, kvHeads: 1, layers: 32, norms: "shared" },
  "falcon-40b": { ...published, dim: 8192, heads: 128, kvHeads: 8, layers: 60, norms: "separate" },
  "falcon-180b": { ...published, dim: 14848, heads: 232, kvHeads: 8, layers: 80, norms: "separate" },
};

/**
 * The number of parameters, without making any.
 * @throws Error as `resolveConfig`
 */
export function falconParameterCount(config: FalconConfig): number {
  const { vocabSize, dim, heads, kvHeads, headDim, hiddenDim, layers, norms, tied } = resolveConfig(config);
  const attention = dim * (heads + 2 * kvHeads) * headDim + heads * headDim * dim;
  const block = attention + 2 * dim * hiddenDim + (norms === "shared" ? 2 : 4) * dim;
  return vocabSize * dim * (tied ? 1 : 2) + layers * block + 2 * dim;
}

/**
 * The configuration with its defaults filled in.
 * @throws Error when a size is not a positive whole number, `kvHeads` does not divide `heads`, or `headDim` is odd
 */
export function resolveConfig(config: FalconConfig): Required<FalconConfig> {
  const { vocabSize, maxLength, dim, heads, layers } = config;
  const { kvHeads = 1, headDim = dim / heads, hiddenDim = 4 * dim } = config;
  const sizes = { vocabSize, maxLength, dim, heads, kvHeads, headDim, hiddenDim, layers };
  checkSizes("Falcon", sizes);
  checkDivides("Falcon", { kvHeads }, { heads });
  if (headDim % 2 !== 0) {
    throw new Error(`Falcon: headDim must be even, because features rotate in pairs; got ${headDim}`);
  }
  const { norms = "shared", ropeBase = 10000, normEps = 1e-5, tied = true } = config;
  if (norms !== "shared" && norms !== "separate") {
    throw new Error(`Falcon: norms must be "shared" or "separate", got ${JSON.stringify(norms)}`);
  }
  return { ...sizes, norms, ropeBase, normEps, tied };
}
