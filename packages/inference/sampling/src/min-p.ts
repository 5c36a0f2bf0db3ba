// Min-p: removes tokens whose probability is below a share of the most probable token's.
//
//   keep i where p_i ≥ minP · max p,   that is  x_i ≥ max x + ln minP
//
// The form on logits needs no softmax. Where the model is sure few tokens stay, where it is not, many.
// Source: Nguyen et al., arXiv:2407.01082.

import { checkedMax } from "./distribution.js";

/**
 * Sets logits to −∞ whose probability is below `p` times the largest. `p` = 0 keeps all, 1 the most probable.
 * @throws RangeError unless 0 ≤ p ≤ 1; Error for NaN or +∞ logits
 */
export function minP(logits: Float32Array, p: number): Float32Array {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`minP: p must be from 0 to 1, got ${p}`);
  const floor = checkedMax("minP", logits) + Math.log(p);
  return logits.map((logit) => (logit >= floor ? logit : Number.NEGATIVE_INFINITY));
}
