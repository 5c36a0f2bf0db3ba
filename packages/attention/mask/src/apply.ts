// Forbids attention: a large negative number is added to the scores before the softmax.
//
//   scores + 0 where allowed,  scores − 10³⁸ where forbidden
//
// After the softmax, forbidden weights are exactly 0 (exp of anything below −104 is), and so are their
// gradients. The number is finite because a row of −∞ would become NaN; a row without any allowed key
// becomes uniform instead, and `clearMaskedRows` makes the result of such rows zero.
// Adding beats selecting: it broadcasts without copies, and the mask is B·N times smaller than the scores.
// Shapes: B batch, N heads, T query time, S key time, H head dim.

import { registerGradients } from "@llm/ops";
import { add, cast, engine, keep, max, mul, sub, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";

/**
 * Who may attend to whom: each to itself and what came before, all to all, or a boolean tensor that
 * broadcasts to [B, N, T, S], true = may attend.
 */
export type AttentionMask = "causal" | "none" | Tensor;

const FORBIDDEN = -1e38;

/**
 * Scores whose softmax gives forbidden keys the weight 0. With "causal" and S > T, the queries are the last
 * T positions.
 *
 * @param scores [..., T, S]; for float32 scores up to 10³⁰ in magnitude
 * @returns the same shape
 * @throws Error when the mask is not boolean or does not broadcast to the scores, or causal has T > S
 */
export function applyMask(scores: Tensor, mask: AttentionMask): Tensor {
  registerGradients();
  if (mask === "none") return scores;
  if (mask === "causal") {
    const [T, S] = scores.shape.slice(-2) as [number, number];
    if (T > S)
      throw new Error(`applyMask: a causal mask needs at least as many keys as queries, got T = ${T}, S = ${S}`);
    // One query is the last position and sees every key.
    return T === 1 ? scores : add(scores, causalBias(T, S));
  }
  checkMask(mask, scores.shape);
  return tidy(() => add(scores, mul(sub(1, cast(mask, "float32")), FORBIDDEN)));
}

/**
 * Zeros for queries that were not allowed a single key, and no gradient through them.
 *
 * @param values [..., T, H], the result of attention under this mask
 * @returns the same shape
 */
export function clearMaskedRows(values: Tensor, mask: AttentionMask): Tensor {
  // Without a tensor, each query sees at least itself.
  if (typeof mask === "string") return values;
  registerGradients();
  return tidy(() => mul(values, max(cast(mask, "float32"), -1, true)));
}

const biases = new WeakMap<object, { T: number; S: number; bias: Tensor }>();

/** The causal bias [T, S]; one is kept for each backend, because all layers of a model ask for the same. */
function causalBias(T: number, S: number): Tensor {
  const { backend } = engine();
  const kept = biases.get(backend);
  if (kept?.T === T && kept.S === S) return kept.bias;
  kept?.bias.dispose();
  const values = new Float32Array(T * S);
  for (let i = 0; i < T; i++) values.fill(FORBIDDEN, i * S + S - T + i + 1, (i + 1) * S);
  const bias = keep(tensor(values, [T, S]));
  biases.set(backend, { T, S, bias });
  return bias;
}

/**
 * Whether a tensor is a mask for scores of that shape.
 *
 * @throws Error when it is not boolean or does not broadcast to the shape
 */
export function checkMask(mask: Tensor, shape: readonly number[]): void {
  if (mask.dtype !== "bool") {
    throw new Error(`attention mask: must be boolean (true = may attend), got ${mask.dtype}; compare or cast it first`);
  }
  const lead = shape.length - mask.rank;
  if (lead < 0 || mask.shape.some((d, i) => d !== 1 && d !== shape[i + lead])) {
    throw new Error(`attention mask: shape [${mask.shape}] does not broadcast to the scores' [${shape}]`);
  }
}
