// What attention may be told, and how it reaches the op.
// Shapes: B batch, N heads, T query time, S key time.

import { type AttentionMask, checkMask } from "@llm/mask";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { AttentionAttrs, AttentionInputs } from "./contract.js";

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
  /**
   * float32, broadcasts to [B, N, T, S]: added to the scaled scores, as T5's relative positions are. It has a gradient,
   * and so no fused kernel takes it.
   */
  bias?: Tensor;
  /** Factor on the scores. Default 1/√H. */
  scale?: number;
  /** Probability with which an attention weight is dropped; needs an open random scope. Default 0. */
  dropout?: number;
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
): { inputs: AttentionInputs; attrs: AttentionAttrs; dropout: number; bias: Tensor | undefined } {
  const [b, n, t, h] = q.shape as [number, number, number, number];
  const s = k.shape[2] as number;
  const { mask = "causal", lengths, prefix, slopes, bias, scale = h ** -0.5, dropout = 0 } = options;
  const tensor = typeof mask === "string" ? undefined : mask;
  if (mask === "causal" && t > s) {
    throw new Error(`${name}: a causal mask needs at least as many keys as queries, got T = ${t}, S = ${s}`);
  }
  if (tensor) checkMask(tensor, [b, n, t, s]);
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
  return { inputs, attrs: { causal: mask === "causal", scale }, dropout, bias };
}

function checkBias(name: string, bias: Tensor, scores: readonly number[]): void {
  const lead = scores.length - bias.rank;
  const fits = lead >= 0 && bias.shape.every((d, i) => d === 1 || d === scores[i + lead]);
  if (fits && bias.dtype === "float32") return;
  throw new Error(
    `${name}: bias must be float32 and broadcast to the scores' [${scores}], got ${bias.dtype} of shape [${bias.shape}]`,
  );
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
