// A learning-rate schedule is a function of the step, and nothing else.
//
//   warmup:  lr(step) = lr(warmup) · (step + 1) / (warmup + 1)   while step < warmup
//
// Steps count from 0. The first step therefore already learns (at 0 the update would be wasted), and the
// peak is reached at step `warmup`, as in nanoGPT. A schedule has no state, so a resumed run needs only
// its step number.
// Source: Goyal et al., "Accurate, Large Minibatch SGD", arXiv:1706.02677 (warmup); nanoGPT's train.py.

/** The learning rate of a step; steps count from 0. Throws RangeError for a step that is not a number ≥ 0. */
export type Schedule = (step: number) => number;

/** What `constant` needs. */
export interface ConstantOptions {
  /** The learning rate after warmup. */
  peak: number;
  /** Steps of linear warmup; default 0. */
  warmup?: number;
}

/** The same learning rate at every step, after `warmup` steps of linear growth. */
export function constant({ peak, warmup = 0 }: ConstantOptions): Schedule {
  checkRate("constant: peak", peak);
  return linearWarmup(() => peak, { warmup });
}

/**
 * Puts `warmup` steps of linear growth before any schedule: up to `schedule(warmup)`, which continues from there.
 * @throws RangeError unless `warmup` is a whole number ≥ 0
 */
export function linearWarmup(schedule: Schedule, { warmup }: { warmup: number }): Schedule {
  checkSteps("linearWarmup: warmup", warmup);
  return (step) => {
    checkStep(step);
    return step < warmup ? (schedule(warmup) * (step + 1)) / (warmup + 1) : schedule(step);
  };
}

/** Throws unless `value` is a finite number ≥ 0. */
export function checkRate(what: string, value: number): void {
  if (!Number.isFinite(value) || value < 0) throw new RangeError(`${what} must be a finite number ≥ 0, got ${value}`);
}

/** Throws unless `value` is a whole number ≥ 0. */
export function checkSteps(what: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`${what} must be a whole number ≥ 0, got ${value}`);
}

/** Throws unless 0 ≤ min ≤ peak and warmup ≤ total. */
export function checkDecay(
  name: string,
  { peak, min, warmup, total }: Record<"peak" | "min" | "warmup" | "total", number>,
): void {
  checkRate(`${name}: peak`, peak);
  checkRate(`${name}: min`, min);
  checkSteps(`${name}: warmup`, warmup);
  checkSteps(`${name}: total`, total);
  if (min > peak) throw new RangeError(`${name}: min must not exceed peak, got min ${min} and peak ${peak}`);
  if (warmup > total)
    throw new RangeError(`${name}: warmup must fit into total, got warmup ${warmup} and total ${total}`);
}

function checkStep(step: number): void {
  // Written so that NaN fails too.
  if (!(step >= 0)) throw new RangeError(`schedule: step must be a number ≥ 0, got ${step}`);
}
