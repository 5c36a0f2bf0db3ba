// A spike guard and its snapshots as three hooks for a training loop.

import type { NamedParameters } from "@llm/ops";
import { Snapshots, type Stateful } from "./snapshots.js";
import { type Observation, SpikeGuard, type SpikeGuardConfig } from "./spike-guard.js";

/** What `train` of `@llm/trainer` takes, and where its batches come from. */
export interface SpikeRecovery {
  guard: SpikeGuard;
  /** Whether a step's update may happen. */
  accept: (observation: Observation) => boolean;
  /** Called with the number of steps done: restores an earlier state after a spike and says how many steps it had. */
  rewind: (report: { step: number }) => number | undefined;
  /** The batch that a step reads. */
  batchOf: (step: number) => number;
  dispose: () => void;
}

/**
 * Outlier skipping and rewinding for a run. Call it before the first step: the state of that moment is the first it
 * can go back to. States are kept every half of `rewindSteps`, four of them.
 *
 * @param startStep the number of steps done
 */
export function spikeRecovery(
  { parameters, optimizer, startStep = 0 }: { parameters: NamedParameters; optimizer: Stateful; startStep?: number },
  config: SpikeGuardConfig = {},
): SpikeRecovery {
  const guard = new SpikeGuard(config);
  const every = Math.max(1, Math.floor(guard.config.rewindSteps / 2));
  const snapshots = new Snapshots(parameters, optimizer, { count: 4 });
  const goesBack = guard.config.rewindSteps > 0;
  if (goesBack) snapshots.take(startStep);
  return {
    guard,
    accept: (observation) => guard.accept(observation),
    rewind: ({ step }) => {
      const target = guard.rewindTo();
      if (target !== undefined) return snapshots.restore(target);
      if (goesBack && step % every === 0) snapshots.take(step);
      return undefined;
    },
    batchOf: (step) => guard.batchOf(step),
    dispose: () => snapshots.dispose(),
  };
}
