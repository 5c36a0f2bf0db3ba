// The training loop: sees named parameters and a loss function, never a model.
//
// A step is a pure function of (parameters, optimizer state, seed, step number): batches come from
// `batchAt(step, microBatch)` and dropout from a stream named by the step. So resuming at step n repeats
// what the uninterrupted run would have done, bit for bit on one backend.

import { Random } from "@llm/random";
import { type StepOptions, type StepResult, trainStep, wasFinite } from "./step.js";

/** What a run needs beyond the parts of a step. */
export interface TrainingOptions<Batch>
  extends Omit<StepOptions<Batch>, "batches" | "learningRate" | "random" | "accept"> {
  /** The micro-batch of a step; a pure function, so that a resumed run sees the same data. */
  batchAt: (step: number, microBatch: number) => Batch;
  /** Number of the last step, counted from 0 and exclusive. */
  steps: number;
  /** First step; of a resumed run, the number of steps done. Default 0. */
  startStep?: number;
  /** Micro-batches per step. Default 1. */
  accumulate?: number;
  learningRate: (step: number) => number;
  seed?: number;
  /** Called after each step; awaited, so evaluation and checkpoints belong here. */
  onStep?: (report: StepReport) => void | Promise<void>;
  /** Whether a step's update may happen; `step` counts from 0. Default: always. */
  accept?: (seen: { step: number; loss: number; gradNorm: number }) => boolean;
  /** Called after `onStep`: restores an earlier state and returns how many steps it had; the run goes on from there. */
  rewind?: (report: StepReport) => number | undefined | Promise<number | undefined>;
  /** Stops after the running step. */
  signal?: AbortSignal;
}

/** One finished step. */
export interface StepReport extends StepResult {
  /** Number of steps done, this one included. */
  step: number;
  learningRate: number;
  milliseconds: number;
}

/** How a run ended. */
export interface TrainingSummary {
  /** Number of steps done, those before `startStep` included. */
  step: number;
  /** Steps without an update: loss or gradients were not finite, or `accept` refused. */
  skipped: number;
  /** Whether the signal stopped it before `steps`. */
  aborted: boolean;
}

/**
 * Runs the steps `startStep` … `steps − 1`.
 * @throws Error when loss or gradients were not finite 20 steps in a row: the run cannot recover by itself
 */
export async function train<Batch>(options: TrainingOptions<Batch>): Promise<TrainingSummary> {
  const { steps, startStep = 0, accumulate = 1, batchAt, seed = 0, onStep, accept, rewind, signal } = options;
  const random = new Random(seed);
  let skipped = 0;
  let inARow = 0;
  for (let step = startStep; step < steps; step++) {
    if (signal?.aborted) return { step, skipped, aborted: true };
    const began = performance.now();
    const learningRate = options.learningRate(step);
    const batches = Array.from({ length: accumulate }, (_, i) => batchAt(step, i));
    const result = await trainStep({
      ...options,
      batches,
      learningRate,
      random: random.fork("step", step),
      accept: accept && ((seen) => accept({ step, ...seen })),
    });
    if (result.skipped) skipped++;
    inARow = wasFinite(result) ? 0 : inARow + 1;
    const report = { ...result, step: step + 1, learningRate, milliseconds: performance.now() - began };
    await onStep?.(report);
    const earlier = await rewind?.(report);
    if (earlier !== undefined) {
      step = earlier - 1;
      inARow = 0;
    }
    if (inARow === patience) {
      throw new Error(
        `train: loss or gradients were not finite for ${patience} steps up to step ${step + 1}; ` +
          "lower the learning rate or resume from an earlier checkpoint",
      );
    }
  }
  return { step: Math.max(steps, startStep), skipped, aborted: false };
}

const patience = 20;
