// Warmup – stable – decay: constant for most of the run, then a short fall at the end.
//
//   r = (step − (total − decay)) / decay;   lr = min + (1 − √r)(peak − min)   or   min + (1 − r)(peak − min)
//
// The plateau can be prolonged, or branched into several decays, without having chosen `total` beforehand.
// Source: Hu et al., "MiniCPM", arXiv:2404.06395; the 1−√r decay: Hägele et al., arXiv:2405.18392.
// MiniCPM itself decays exponentially; 1−√r measured better and ends at `min` exactly.

import { checkDecay, checkSteps, linearWarmup, type Schedule } from "./schedule.js";

/** What `wsd` needs; `total` counts warmup and decay. */
export interface WsdOptions {
  /** The learning rate of the plateau. */
  peak: number;
  /** The learning rate from step `total` on; default 0. */
  min?: number;
  /** Steps of linear warmup; default 0. */
  warmup?: number;
  /** Steps of the decay at the end; a tenth to a fifth of `total` is usual. */
  decay: number;
  /** The step at which `min` is reached. */
  total: number;
  /** The form of the decay. */
  shape?: "1-sqrt" | "linear";
}

/**
 * `peak` from step `warmup` to step `total − decay`, then a decay to `min` at step `total` and after.
 * @throws RangeError unless 0 ≤ min ≤ peak and warmup + decay ≤ total
 */
export function wsd({ peak, min = 0, warmup = 0, decay, total, shape = "1-sqrt" }: WsdOptions): Schedule {
  checkDecay("wsd", { peak, min, warmup, total });
  checkSteps("wsd: decay", decay);
  if (warmup + decay > total) {
    throw new RangeError(`wsd: warmup and decay must fit into total, got ${warmup} + ${decay} > ${total}`);
  }
  const start = total - decay;
  const schedule: Schedule = (step) => {
    if (step >= total) return min;
    if (step <= start) return peak;
    const ratio = (step - start) / decay;
    const gone = shape === "linear" ? ratio : Math.sqrt(ratio);
    return (1 - gone) * peak + gone * min;
  };
  return linearWarmup(schedule, { warmup });
}
