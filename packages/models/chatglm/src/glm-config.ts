// The sizes of GLM models (GLM-130B, ChatGLM-6B), and how many parameters they make.
//
//   V·D·(1 | 2) + L·(4·D² + M + 8·D) + 2·D,   M = 2·D·F + F + D  plain,  3·D·F + 2·F + D  gated
//
// (the embedding counts once when the head is tied to it). Sources: Du et al., "GLM", arXiv:2103.10360; Zeng et al.,
// "GLM-130B", arXiv:2210.02414; config.json of THUDM/chatglm-6b.
// Letters: V vocabulary, D model dim, F hidden, L layers.

import { checkDivides, checkSizes } from "@llm/model-config";

/** What a GLM model is made of. */
export interface GLMConfig {
  vocabSize: number;
  /** Longest sequence, and number of positions in a blank. */
  maxLength: number;
  dim: number;
  /** Must divide `dim`. */
  heads: number;
  layers: number;
  /** Width of the feed-forward. Default 4·dim. */
  hiddenDim?: number;
  /** ChatGLM-6B has "gelu", GLM-130B "geglu". Default "gelu". */
  feedForward?: "gelu" | "geglu";
  /**
   * "2d" gives half of each head the position in the text, which stands still inside of a blank, and half the position
   * in the blank (ChatGLM-6B); "1d" counts on (GLM-130B). Default "2d".
   */
  positions?: "2d" | "1d";
  /** Default 10000. */
  ropeBase?: number;
  /** Default 1e-5. */
  normEps?: number;
  /** Whether the head is the token embedding. Default true. */
  tied?: boolean;
  /** Ids by which the model tells what is given from what is to be written. */
  tokens?: GLMTokens;
}

/** The special tokens of blank infilling; those of ChatGLM-6B by default. */
export interface GLMTokens {
  /** A short blank. Default 130000. */
  mask: number;
  /** A long blank, at the end. Default 130001. */
  gmask: number;
  /** A blank of whole sentences. Default: none; ChatGLM-6B's code does not look for one. */
  smask?: number;
  /** Start of what fills a blank. Default 130004. */
  start: number;
  /** Its end. Default 130005. */
  end: number;
}

/** Names of the published sizes. */
export type GLMPreset = "chatglm-6b" | "glm-130b";

const chatglmTokens: GLMTokens = { mask: 130000, gmask: 130001, start: 130004, end: 130005 };
// icetk's ids: [MASK], [gMASK], <sop>, <eop>.
const glm130bTokens: GLMTokens = { mask: 150000, gmask: 150001, start: 150004, end: 150005 };

/** The published sizes. */
export const glmPresets: Readonly<Record<GLMPreset, Readonly<GLMConfig>>> = {
  "chatglm-6b": {
    ...{ vocabSize: 130528, maxLength: 2048, dim: 4096, heads: 32, layers: 28 },
    ...{ feedForward: "gelu", positions: "2d", tokens: chatglmTokens },
  },
  "glm-130b": {
    ...{ vocabSize: 150528, maxLength: 2048, dim: 12288, heads: 96, layers: 70, hiddenDim: 32768 },
    ...{ feedForward: "geglu", positions: "1d", tokens: glm130bTokens },
  },
};

/**
 * The number of parameters, without making any.
 * @throws Error as `resolveGLMConfig`
 */
export function glmParameterCount(config: GLMConfig): number {
  const { vocabSize, dim, layers, hiddenDim, feedForward, tied } = resolveGLMConfig(config);
  const gates = feedForward === "gelu" ? 1 : 2;
  const mlp = (gates + 1) * dim * hiddenDim + gates * hiddenDim + dim;
  return vocabSize * dim * (tied ? 1 : 2) + layers * (4 * dim * dim + mlp + 8 * dim) + 2 * dim;
}

/**
 * The configuration with its defaults filled in.
 * @throws Error when a size is not a positive whole number, `heads` does not divide `dim`, the heads cannot be rotated,
 *   or a special token is not in the vocabulary
 */
export function resolveGLMConfig(config: GLMConfig): Required<GLMConfig> {
  const { vocabSize, maxLength, dim, heads, layers, hiddenDim = 4 * dim } = config;
  const sizes = { vocabSize, maxLength, dim, heads, layers, hiddenDim };
  checkSizes("GLM", sizes);
  checkDivides("GLM", { heads }, { dim });
  const { feedForward = "gelu", positions = "2d", ropeBase = 10000, normEps = 1e-5, tied = true } = config;
  const { tokens = chatglmTokens } = config;
  if (feedForward !== "gelu" && feedForward !== "geglu") {
    throw new Error(`GLM: feedForward must be "gelu" or "geglu", got ${JSON.stringify(feedForward)}`);
  }
  if (positions !== "2d" && positions !== "1d") {
    throw new Error(`GLM: positions must be "2d" or "1d", got ${JSON.stringify(positions)}`);
  }
  const unit = positions === "2d" ? 4 : 2;
  if ((dim / heads) % unit !== 0) {
    throw new Error(
      `GLM: heads of dim/heads = ${dim / heads} features cannot be rotated: ${positions} positions need a multiple of ${unit}`,
    );
  }
  for (const [name, id] of Object.entries(tokens)) {
    if (name === "smask" && id === undefined) continue;
    if (Number.isInteger(id) && id >= 0 && id < vocabSize) continue;
    throw new Error(`GLM: tokens.${name} must be an id of the vocabulary of ${vocabSize}, got ${id}`);
  }
  return { ...sizes, feedForward, positions, ropeBase, normEps, tied, tokens };
}
