// From scores to attention weights: cap, bias, mask, softmax.
//
//   allowed(i, j) = mask(i, j) and j < length and (j ≤ i or j < prefix);  bias(i, j) = −slope·(i − j)
//
// i counts from S − T: the queries are the last T positions.
// Sources: Press et al., "Train short, test long", arXiv:2108.12409 (slopes); Raffel et al., arXiv:1910.10683,
// fig. 4 (prefix).
// Shapes: B batch, N heads, T query time, S key time.

import { dropout as drop } from "@llm/dropout";
import { type AttentionMask, applyMask, combineMasks } from "@llm/mask";
import { softCap as cap } from "@llm/soft-cap";
import { add, less, lessEqual, logicalOr, mul, range, reshape, softmax, sub, type Tensor } from "@tensorflow/tfjs-core";
import type { AttentionAttrs, AttentionInputs } from "./contract.js";

/** What no fused kernel knows. */
export interface Unfused {
  bias?: Tensor | undefined;
  softCap?: number | undefined;
  dropout: number;
}

/**
 * Softmax of the scaled scores under everything that the inputs say. Call it inside a tidy.
 *
 * @param scores_BNTS already scaled
 * @returns the weights, and the mask that they were made with
 */
export function attentionWeights(
  scores_BNTS: Tensor,
  inputs: AttentionInputs,
  attrs: AttentionAttrs,
  { bias, softCap, dropout }: Unfused = { dropout: 0 },
): { weights_BNTS: Tensor; mask: AttentionMask } {
  const [, n, t, s] = scores_BNTS.shape as [number, number, number, number];
  const mask = maskOf(inputs, attrs, t, s);
  const { slopes } = inputs;
  const byDistance = slopes && mul(reshape(slopes, [n, 1, 1]), sub(keyPositions(s), queryPositions(t, s)));
  const capped = softCap === undefined ? scores_BNTS : cap(scores_BNTS, softCap);
  const biased = [byDistance, bias].reduce<Tensor>((scores, each) => (each ? add(scores, each) : scores), capped);
  return { weights_BNTS: drop(softmax(applyMask(biased, mask)), dropout), mask };
}

function maskOf(
  { mask, lengths, prefix }: AttentionInputs,
  { causal }: AttentionAttrs,
  t: number,
  s: number,
): AttentionMask {
  const named = causal ? "causal" : "none";
  if (!lengths && !prefix) return mask ?? named;
  const perSequence = (x: Tensor): Tensor => reshape(x, [-1, 1, 1, 1]);
  const masks: Tensor[] = mask ? [mask] : [];
  if (causal) {
    const past = lessEqual(keyPositions(s), queryPositions(t, s));
    masks.push(prefix ? logicalOr(past, less(keyPositions(s), perSequence(prefix))) : past);
  }
  if (lengths) masks.push(less(keyPositions(s), perSequence(lengths)));
  return combineMasks(...masks);
}

const keyPositions = (s: number): Tensor => range(0, s);
const queryPositions = (t: number, s: number): Tensor => reshape(range(s - t, s), [t, 1]);
