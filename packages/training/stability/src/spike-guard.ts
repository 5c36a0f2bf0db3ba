// Watches loss and gradient norm, and decides: update, skip the update, or go back.
//
//   calm ── z > limit ──► outlier: the update is skipped          (llm.c)
//     ▲                      │ `patience` of them in a row
//     │                      ▼
//     └── go back ◄──── spike: rewind `rewindSteps`, pass over `skipBatches` batches          (PaLM)
//
// PaLM (Chowdhery et al., arXiv:2204.02311, section 5.1) restarted about 100 steps before a spike and skipped 200 to 500
// batches; the spikes did not come again, though the batches were not to blame by themselves. Outliers do not enter the
// statistics, so a spike cannot make itself look normal; where going back is off, the new level is learned instead.

import { Window } from "./window.js";

/** When a step is out of line, and what follows. */
export interface SpikeGuardConfig {
  /** Steps that mean and deviation are taken over; nothing is judged before as many were seen. Default 128. */
  window?: number;
  /** Largest z-score of the loss. Default 6; Infinity never skips for the loss. */
  lossLimit?: number;
  /** Largest z-score of the gradient norm. Default 6. */
  normLimit?: number;
  /** Outliers in a row that make a spike. Default 10. */
  patience?: number;
  /** How far to go back, in steps before the spike's first. Default 100; 0 never goes back. */
  rewindSteps?: number;
  /** Batches that are passed over after going back. Default 200. */
  skipBatches?: number;
  /** How often to go back, until the guard gives up. Default 5. */
  maxRewinds?: number;
}

/** What a step showed before its update. */
export interface Observation {
  /** Its number, counted from 0. */
  step: number;
  loss: number;
  gradNorm: number;
}

/** What restores a guard; plain JSON. */
export interface SpikeGuardState {
  losses: number[];
  norms: number[];
  skippedBatches: number;
  rewinds: number;
}

/** A small state machine between a training loop and its batches. */
export class SpikeGuard {
  readonly config: Required<SpikeGuardConfig>;
  #losses: Window;
  #norms: Window;
  #outliers: Observation[] = [];
  #skippedBatches = 0;
  #rewinds = 0;

  /** @throws RangeError for limits that are not positive or counts that are not whole numbers */
  constructor(config: SpikeGuardConfig = {}) {
    const { window = 128, lossLimit = 6, normLimit = 6, patience = 10 } = config;
    const { rewindSteps = 100, skipBatches = 200, maxRewinds = 5 } = config;
    this.config = { window, lossLimit, normLimit, patience, rewindSteps, skipBatches, maxRewinds };
    for (const [name, value] of Object.entries({ lossLimit, normLimit })) {
      if (!(value > 0)) throw new RangeError(`SpikeGuard: ${name} must be above 0, got ${value}`);
    }
    for (const [name, value] of Object.entries({ patience, rewindSteps, skipBatches, maxRewinds })) {
      if (!Number.isSafeInteger(value) || value < (name === "patience" ? 1 : 0)) {
        throw new RangeError(`SpikeGuard: ${name} must be a whole number, got ${value}`);
      }
    }
    this.#losses = new Window(window);
    this.#norms = new Window(window);
  }

  /** Batches passed over so far. */
  get skippedBatches(): number {
    return this.#skippedBatches;
  }

  /** How often it went back. */
  get rewinds(): number {
    return this.#rewinds;
  }

  /** The number of the batch that a step reads. */
  batchOf(step: number): number {
    return step + this.#skippedBatches;
  }

  /** Whether the step's update may happen. Ask once a step, before it. */
  accept(observation: Observation): boolean {
    const { loss, gradNorm } = observation;
    const outlier =
      !(Number.isFinite(loss) && Number.isFinite(gradNorm)) ||
      this.#losses.zScore(loss) > this.config.lossLimit ||
      this.#norms.zScore(gradNorm) > this.config.normLimit;
    if (!outlier) {
      this.#outliers = [];
      this.#learn(observation);
      return true;
    }
    this.#outliers.push(observation);
    if (this.config.rewindSteps === 0 && this.#outliers.length >= this.config.patience) this.#settle();
    return false;
  }

  /**
   * The step to go back to, when the last outliers make a spike; undefined otherwise. From then on `batchOf` names later
   * batches. Ask after each step.
   *
   * @returns a number of steps done, from 0; take the nearest state that is not later
   * @throws Error when it went back `maxRewinds` times already
   */
  rewindTo(): number | undefined {
    const { patience, rewindSteps, skipBatches, maxRewinds } = this.config;
    const first = this.#outliers[0];
    if (rewindSteps === 0 || !first || this.#outliers.length < patience) return undefined;
    if (this.#rewinds >= maxRewinds) {
      throw new Error(
        `SpikeGuard: loss or gradients jumped again at step ${first.step}, after going back ${maxRewinds} times; ` +
          "lower the learning rate, or see the measures of @llm/stability",
      );
    }
    this.#rewinds++;
    this.#skippedBatches += skipBatches;
    this.#outliers = [];
    return Math.max(0, first.step - rewindSteps);
  }

  /** What `restore` continues from; a checkpoint holds it. */
  state(): SpikeGuardState {
    return {
      losses: [...this.#losses.values],
      norms: [...this.#norms.values],
      skippedBatches: this.#skippedBatches,
      rewinds: this.#rewinds,
    };
  }

  /** Continues from `state()`; a run of outliers that was under way is forgotten. */
  restore({ losses, norms, skippedBatches, rewinds }: SpikeGuardState): void {
    this.#losses = new Window(this.config.window);
    this.#norms = new Window(this.config.window);
    for (const loss of losses) this.#losses.push(loss);
    for (const norm of norms) this.#norms.push(norm);
    this.#outliers = [];
    this.#skippedBatches = skippedBatches;
    this.#rewinds = rewinds;
  }

  #learn({ loss, gradNorm }: Observation): void {
    this.#losses.push(loss);
    this.#norms.push(gradNorm);
  }

  /** Takes the outliers for the new level. */
  #settle(): void {
    for (const each of this.#outliers) {
      if (Number.isFinite(each.loss) && Number.isFinite(each.gradNorm)) this.#learn(each);
    }
    this.#outliers = [];
  }
}
