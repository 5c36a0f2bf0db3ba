// Cosine decay: falls slowly, then fast, then slowly again, from the peak to a floor.
//
//   r = (step − warmup) / (total − warmup);   lr = min + ½ (1 + cos πr) (peak − min);   min after `total`
//
// Source: Loshchilov & Hutter, "SGDR", arXiv:1608.03983, one cycle without restarts; warmup and the end as
// nanoGPT's `get_lr`, number for number.

import { checkDecay, linearWarmup, type Schedule } from "./schedule.js";

/** What `cosine` needs; `total` counts the warmup. */
export interface CosineOptions {
  /** The learning rate at step `warmup`. */
  peak: number;
  /** The learning rate from step `total` on; default a tenth of the peak, the usual choice for language models. */
  min?: number;
  /** Steps of linear warmup; default 0. */
  warmup?: number;
  /** The step at which `min` is reached. */
  total: number;
}

/**
 * Cosine decay from `peak` at step `warmup` to `min` at step `total` and after.
 * @throws RangeError unless 0 ≤ min ≤ peak and warmup ≤ total
 */
export function cosine({ peak, min = peak / 10, warmup = 0, total }: CosineOptions): Schedule {
  checkDecay("cosine", { peak, min, warmup, total });
  const decay: Schedule = (step) => {
    if (step >= total) return min;
    const ratio = (step - warmup) / (total - warmup);
    return min + 0.5 * (1 + Math.cos(Math.PI * ratio)) * (peak - min);
  };
  return linearWarmup(decay, { warmup });
}
