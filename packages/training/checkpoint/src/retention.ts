// Which checkpoints stay: the last k, and the best by a metric.

/** What decides: a step and what was measured at it. */
export interface Ranked {
  step: number;
  metrics: Readonly<Record<string, number>>;
}

/** What "best" means. */
export interface BestBy {
  /** A key of `metrics`, such as "validationLoss". */
  metric: string;
  /** Default "min". */
  mode?: "min" | "max";
}

/** Those that have the metric, best first; of equal ones the later step. */
export function rankBest<T extends Ranked>(checkpoints: readonly T[], { metric, mode = "min" }: BestBy): T[] {
  const sign = mode === "min" ? 1 : -1;
  const value = (checkpoint: Ranked) => checkpoint.metrics[metric] as number;
  const measured = checkpoints.filter((checkpoint) => Number.isFinite(value(checkpoint)));
  return measured.sort((a, b) => sign * (value(a) - value(b)) || b.step - a.step);
}

/**
 * The steps to keep: the last `keep`, and the best if `best` says by what.
 * @throws RangeError unless `keep` is a whole number ≥ 1 (or Infinity)
 */
export function selectKept(
  checkpoints: readonly Ranked[],
  { keep, best }: { keep: number; best?: BestBy },
): Set<number> {
  if (!(keep === Number.POSITIVE_INFINITY || (Number.isSafeInteger(keep) && keep >= 1))) {
    throw new RangeError(`checkpoint: keep must be a whole number ≥ 1, got ${keep}`);
  }
  const steps = checkpoints.map((checkpoint) => checkpoint.step).sort((a, b) => b - a);
  const kept = new Set(steps.slice(0, keep));
  const first = best && rankBest(checkpoints, best)[0];
  if (first) kept.add(first.step);
  return kept;
}
