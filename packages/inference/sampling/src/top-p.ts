// Top-p, or nucleus sampling: keeps the smallest set of most probable tokens whose probability reaches p.
//
// Only tokens above (1 − p) / V are sorted: all others together hold less than 1 − p, so the set is complete
// without them. That is a few hundred of a vocabulary of 128,000 in running text.
// Source: Holtzman et al., "The curious case of neural text degeneration", arXiv:1904.09751.

import { checkedMax } from "./distribution.js";

/**
 * Sets logits to −∞ outside of the smallest set of most probable tokens whose probabilities sum to at least `p`.
 * Of equal logits at the edge the lowest ids stay; the most probable token always does.
 *
 * @throws RangeError unless 0 ≤ p ≤ 1; Error for NaN or +∞ logits
 */
export function topP(logits: Float32Array, p: number): Float32Array {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`topP: p must be from 0 to 1, got ${p}`);
  const max = checkedMax("topP", logits);
  if (p === 1) return logits.slice();
  const weights = Float64Array.from(logits, (logit) => Math.exp(logit - max));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // At most 1, the largest weight, lest rounding at p = 0 remove every token.
  const floor = Math.min(1, ((1 - p) * total) / logits.length);
  const candidates: number[] = [];
  weights.forEach((weight, id) => void (weight >= floor && candidates.push(id)));
  candidates.sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);

  const kept = new Float32Array(logits.length).fill(Number.NEGATIVE_INFINITY);
  let sum = 0;
  for (const id of candidates) {
    kept[id] = logits[id] as number;
    sum += weights[id] as number;
    if (sum >= p * total) break;
  }
  return kept;
}
