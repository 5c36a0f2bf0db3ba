// What attention may be told, and how it reaches the op.
// Shapes: B batch, N heads, T query time, S key time.

import { type AttentionMask, checkMask } from "@llm/mask";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { AttentionAttrs, AttentionInputs } from "./contract.js";
import type { Unfused } from "./weights.js";
import { windowed } from "./window.js";

/** What `attention` may be told. */
export interface AttentionOptions {
  /**
   * "causal" (default; with S > T the queries are the last T positions), "none", or a boolean tensor that
   * broadcasts to [B, N, T, S], true = may attend.
   */
  mask?: AttentionMask;
  /** int32 [B]: keys at or beyond their sequence's length are padding, and nobody attends to them. */
  lengths?: Tensor;
  /** int32 [B]: with "causal", the first so many keys are visible to every query, as in prefix language models. */
  prefix?: Tensor;
  /**
   * float32 [N]: −slope·(i − j) is added to the scaled score of query i and key j (ALiBi, arXiv:2108.12409).
   * They are constants without a gradient.
   */
  slopes?: Tensor;
  /** A query sees its own position and `window` − 1 before it, as in Mistral. Not with "none" or a prefix. */
  window?: number;
  /** With a window: the first so many keys, which every later query sees too (arXiv:2309.17453). Default 0. */
  sinks?: number;
  /** Factor on the scores. Default 1/√H; T5 has 1. */
  scale?: number;
  /** Scores are brought between ±softCap by c·tanh(score/c), as in Gemma 2. Goes around fused kernels. */
  softCap?: number;
  /**
   * float32, broadcasts to [B, N, T, S]: added to the scores, after a cap, with a gradient, as T5's relative positions
   * need it. Goes around fused kernels.
   */
  bias?: Tensor;
  /** Probability with which an attention weight is dropped; needs an open random scope. Default 0. Goes around too. */
  dropout?: number;
}

/** Options as the contract has them, and the rest, if any, for which there is the composite only. */
export interface AttentionCall {
  inputs: AttentionInputs;
  attrs: AttentionAttrs;
  unfused: Unfused | undefined;
}

/**
 * Options as inputs and attributes of `attentionContract`, for functions whose q, k, v fit each other.
 *
 * @param name of the function, for its errors
 * @throws Error when an option does not fit q and k
 */
export function attentionCall(
  name: string,
  { q, k, v }: Pick<AttentionInputs, "q" | "k" | "v">,
  options: AttentionOptions,
): AttentionCall {
  const [b, n, t, h] = q.shape as [number, number, number, number];
  const s = k.shape[2] as number;
  const { lengths, prefix, slopes, scale = h ** -0.5, dropout = 0, softCap, bias } = options;
  if ((options.mask ?? "causal") === "causal" && t > s) {
    throw new Error(`${name}: a causal mask needs at least as many keys as queries, got T = ${t}, S = ${s}`);
  }
  if (options.mask && typeof options.mask !== "string") checkMask(options.mask, [b, n, t, s]);
  const mask = windowed(name, options, t, s);
  const tensor = typeof mask === "string" ? undefined : mask;
  if (prefix && mask !== "causal") {
    throw new Error(
      `${name}: prefix widens the mask "causal"; with ${tensor ? "a tensor" : `"${mask}"`}, leave it out`,
    );
  }
  checkVector(name, { lengths }, "int32", b);
  checkVector(name, { prefix }, "int32", b);
  checkVector(name, { slopes }, "float32", n);
  if (bias) checkBias(name, bias, [b, n, t, s]);
  const inputs = { q, k, v, mask: tensor, lengths, prefix, slopes };
  const fused = !bias && softCap === undefined && dropout === 0;
  return {
    inputs,
    attrs: { causal: mask === "causal", scale },
    unfused: fused ? undefined : { bias, softCap, dropout },
  };
}

function checkVector(name: string, option: Record<string, Tensor | undefined>, dtype: string, length: number): void {
  for (const [label, x] of Object.entries(option)) {
    if (!x || (x.dtype === dtype && x.rank === 1 && x.shape[0] === length)) continue;
    throw new Error(
      `${name}: ${label} must be ${dtype} of shape [${length}], one for each ` +
        `${dtype === "int32" ? "sequence" : "head"}, got ${x.dtype} of shape [${x.shape}]`,
    );
  }
}

function checkBias(name: string, { dtype, shape }: Tensor, scores: number[]): void {
  const lead = scores.length - shape.length;
  if (dtype === "float32" && lead >= 0 && shape.every((d, i) => d === 1 || d === scores[i + lead])) return;
  throw new Error(
    `${name}: bias must be float32 and broadcast to the scores' [${scores}], got ${dtype} of shape [${shape}]`,
  );
}
