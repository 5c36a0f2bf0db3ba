// Next-token prediction: the logits at position t are scored against the token at t + 1.
//
//   loss = −(1/N) Σ_t ln p(x_{t+1} | x_1 … x_t),  N the number of targets that count
//
// Targets come shifted by one already, as data loaders produce them; `shiftLabels` makes them from labels that are
// aligned with their ids (Hugging Face's convention, where the model shifts).
// Shapes: B batch, T time, V vocabulary.

import { type CrossEntropyOptions, crossEntropy } from "@llm/cross-entropy";
import { type Sequence, sequence } from "@llm/objective";
import type { Tensor } from "@tensorflow/tfjs-core";

/** How labels are shifted. */
export interface ShiftOptions {
  /** Tokens in a row; the labels of each row are shifted on their own. Default: all labels are one row. */
  context?: number;
  /** What the last position of each row is given, which has no next token. */
  ignoreIndex?: number;
}

/**
 * Targets for next-token prediction: `targets[t] = labels[t + 1]`, and `ignoreIndex` at each row's end.
 *
 * @param labels ids, or labels aligned with ids; one row, or several of `context` tokens one after the other
 * @returns as many targets as there were labels
 * @throws RangeError when the labels are not whole rows
 */
export function shiftLabels(
  labels: ArrayLike<number>,
  { context = labels.length, ignoreIndex = -100 }: ShiftOptions = {},
): Int32Array {
  const targets = new Int32Array(labels.length);
  if (labels.length === 0) return targets;
  if (!Number.isInteger(context) || context < 1 || labels.length % context !== 0) {
    throw new RangeError(`shiftLabels: ${labels.length} labels are not a whole number of rows of ${context}`);
  }
  for (let i = 0; i < labels.length; i++) {
    targets[i] = (i + 1) % context === 0 ? ignoreIndex : (labels[i + 1] as number);
  }
  return targets;
}

/**
 * The next-token loss in nats per token.
 *
 * @param logits_BTV [B, T, V], or any [..., V]
 * @param targets_BT int32 [B, T]: the token that follows position t, or `ignoreIndex`
 * @param options those of `crossEntropy`
 * @returns a scalar, or [B, T] with reduction "none"
 * @throws Error when the shapes do not fit or a target is out of range
 */
export function causalLmLoss(logits_BTV: Tensor, targets_BT: Tensor, options: CrossEntropyOptions = {}): Tensor {
  const expected = logits_BTV.shape.slice(0, -1);
  if (expected.join() !== targets_BT.shape.join()) {
    throw new Error(
      `causalLmLoss: targets must have shape [${expected}] to match logits [${logits_BTV.shape}], got ` +
        `[${targets_BT.shape}]; shift the ids with shiftLabels, which keeps their number`,
    );
  }
  return crossEntropy(logits_BTV, targets_BT, options);
}

/**
 * A document as an example: n ids give n − 1 inputs and their next tokens.
 *
 * @param ids at least 2
 * @throws RangeError for fewer
 */
export function causalLm(ids: ArrayLike<number>): Sequence {
  if (ids.length < 2) throw new RangeError(`causalLm: a text needs 2 tokens to predict one, got ${ids.length}`);
  const all = Int32Array.from(ids);
  return sequence(all.subarray(0, -1), all.subarray(1));
}
