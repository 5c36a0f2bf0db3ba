// Inverse square root: falls as 1/√step, without an end that must be known beforehand.
//
//   n = step + 1, w = warmup + 1;   lr = peak · min(n / w, √(w / n))
//
// Source: Vaswani et al., arXiv:1706.03762, equation 3, with the peak given directly instead of through the
// model's width. The paper counts steps from 1; ours count from 0, hence the two "+ 1".

import { checkRate, linearWarmup, type Schedule } from "./schedule.js";

/** What `inverseSqrt` needs. */
export interface InverseSqrtOptions {
  /** The learning rate at step `warmup`. */
  peak: number;
  /** Steps of linear warmup; they also set how slowly the rate falls. */
  warmup: number;
}

/**
 * Linear warmup to `peak` at step `warmup`, then decay with the inverse square root of the step.
 * @throws RangeError unless peak ≥ 0 and `warmup` is a whole number ≥ 0
 */
export function inverseSqrt({ peak, warmup }: InverseSqrtOptions): Schedule {
  checkRate("inverseSqrt: peak", peak);
  return linearWarmup((step) => peak * Math.sqrt((warmup + 1) / (step + 1)), { warmup });
}
