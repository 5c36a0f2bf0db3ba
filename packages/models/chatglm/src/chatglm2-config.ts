// The sizes of ChatGLM2 and ChatGLM3 models, and how many parameters they make.
//
//   V·D·(1 | 2) + L·(D·Q + Q + N·H·D + 3·D·F + 2·D) + D,   Q = (N + 2·K)·H
//
// (the embedding counts once when the head is tied to it). Source: config.json of THUDM/chatglm2-6b and chatglm3-6b.
// Letters: V vocabulary, D model dim, N heads, K kv heads, H head dim, F hidden, L layers.

import { checkDivides, checkSizes } from "@llm/model-config";

/** What a ChatGLM2 model is made of. */
export interface ChatGLM2Config {
  vocabSize: number;
  /** Number of positions: the longest sequence that the model may see. */
  maxLength: number;
  dim: number;
  heads: number;
  layers: number;
  /** Heads of keys and values; must divide `heads`. Default 2. */
  kvHeads?: number;
  /** Default dim / heads; its first half is rotated. */
  headDim?: number;
  /** Width of the feed-forward, of gate and value each. Default 4·dim. */
  hiddenDim?: number;
  /** Default 10000. */
  ropeBase?: number;
  /** Default 1e-5. */
  normEps?: number;
  /** Whether the head is the token embedding. Default false. */
  tied?: boolean;
}

/** Names of the published sizes. */
export type ChatGLM2Preset = "chatglm2-6b" | "chatglm3-6b" | "chatglm3-6b-32k";

const published = { vocabSize: 65024, dim: 4096, heads: 32, kvHeads: 2, layers: 28, hiddenDim: 13696 };

/** The published sizes: one architecture, trained twice. */
export const chatglm2Presets: Readonly<Record<ChatGLM2Preset, Readonly<ChatGLM2Config>>> = {
  "chatglm2-6b": { ...published, maxLength: 32768 },
  "chatglm3-6b": { ...published, maxLength: 8192 },
  // The longer context of the base of rotations: 10000 · 50.
  "chatglm3-6b-32k": { ...published, maxLength: 32768, ropeBase: 500000 },
};

/**
 * The number of parameters, without making any.
 * @throws Error as `resolveChatGLM2Config`
 */
export function chatglm2ParameterCount(config: ChatGLM2Config): number {
  const { vocabSize, dim, heads, kvHeads, headDim, hiddenDim, layers, tied } = resolveChatGLM2Config(config);
  const qkv = (heads + 2 * kvHeads) * headDim;
  const block = dim * qkv + qkv + heads * headDim * dim + 3 * dim * hiddenDim + 2 * dim;
  return vocabSize * dim * (tied ? 1 : 2) + layers * block + dim;
}

/**
 * The configuration with its defaults filled in.
 * @throws Error when a size is not a positive whole number, `kvHeads` does not divide `heads`, or half a head cannot be
 *   rotated
 */
export function resolveChatGLM2Config(config: ChatGLM2Config): Required<ChatGLM2Config> {
  const { vocabSize, maxLength, dim, heads, layers } = config;
  const { kvHeads = 2, headDim = dim / heads, hiddenDim = 4 * dim } = config;
  const sizes = { vocabSize, maxLength, dim, heads, kvHeads, headDim, hiddenDim, layers };
  checkSizes("ChatGLM2", sizes);
  checkDivides("ChatGLM2", { kvHeads }, { heads });
  if (headDim % 4 !== 0) {
    throw new Error(`ChatGLM2: headDim must be a multiple of 4, because half of it rotates, in pairs; got ${headDim}`);
  }
  const { ropeBase = 10000, normEps = 1e-5, tied = false } = config;
  return { ...sizes, ropeBase, normEps, tied };
}
