// Linear decay: the same amount less at every step, from the peak to a floor.
//
//   r = (step − warmup) / (total − warmup);   lr = peak + r (min − peak);   min after `total`
//
// Source: the schedule of BERT, Devlin et al., arXiv:1810.04805 (there with min = 0).

import { checkDecay, linearWarmup, type Schedule } from "./schedule.js";

/** What `linear` needs; `total` counts the warmup. */
export interface LinearOptions {
  /** The learning rate at step `warmup`. */
  peak: number;
  /** The learning rate from step `total` on; default 0. */
  min?: number;
  /** Steps of linear warmup; default 0. */
  warmup?: number;
  /** The step at which `min` is reached. */
  total: number;
}

/**
 * Linear decay from `peak` at step `warmup` to `min` at step `total` and after.
 * @throws RangeError unless 0 ≤ min ≤ peak and warmup ≤ total
 */
export function linear({ peak, min = 0, warmup = 0, total }: LinearOptions): Schedule {
  checkDecay("linear", { peak, min, warmup, total });
  const decay: Schedule = (step) => {
    if (step >= total) return min;
    // The weighted form never leaves [min, peak] by rounding.
    const ratio = (step - warmup) / (total - warmup);
    return (1 - ratio) * peak + ratio * min;
  };
  return linearWarmup(decay, { warmup });
}
