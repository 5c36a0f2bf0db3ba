// Training batches as a pure function of (seed, step): nothing to save, nothing to fast-forward.
//
//   shuffled    window w covers tokens [φ + w · context, φ + (w + 1) · context]; every epoch has a permutation of the
//               windows and a phase φ < context of its own: all text is seen equally often, never cut twice at one place
//   sequential  the same with φ = 0, in order in the first epoch
//   random      offset = integer(length − context), one draw for each sequence, as nanoGPT: after one epoch's worth of
//               draws, a share 1/e of the text was never seen
//   inputs = text[offset … offset + context),  targets = the same, one token on
//
// Sequence s of a step is row s mod `batch` of micro-batch ⌊s / batch⌋. Its random numbers are named by (step, s)
// alone, so micro-batches and ranks divide one and the same global batch, however many there are.
// Deviation from nanoGPT: its offsets come from PyTorch's generator, so the numbers differ, the law does not.

import { Random } from "@llm/random";
import type { TokenSource } from "./source.js";

/** Which windows of the text come when. */
export type Order = "shuffled" | "sequential" | "random";

/** How to draw batches. */
export interface DataLoaderOptions {
  /** Sequences in a micro-batch, over all ranks. */
  batch: number;
  /** Tokens in a sequence. */
  context: number;
  /** Micro-batches in a step (gradient accumulation). Default 1. */
  microBatches?: number;
  /** Default 0. */
  seed?: number;
  /** Default "shuffled". */
  order?: Order;
}

/** Rows of tokens: `inputs` and `targets` are [batch, context], row by row. */
export interface Batch {
  inputs: Int32Array;
  /** `targets[b, t]` is the token after `inputs[b, t]`. */
  targets: Int32Array;
  batch: number;
  context: number;
}

/** Draws batches from a text. Any step can be asked for, in any order. */
export class DataLoader {
  readonly source: TokenSource;
  readonly options: Required<DataLoaderOptions>;
  #rank = 0;
  #worldSize = 1;
  #random: Random;
  #epoch: { number: number; phase: number; windows: Uint32Array } | undefined;

  /** @throws RangeError for options out of range, or a text shorter than context + 1 tokens */
  constructor(source: TokenSource, options: DataLoaderOptions) {
    const { batch, context, microBatches = 1, seed = 0, order = "shuffled" } = options;
    for (const [name, value] of Object.entries({ batch, context, microBatches })) {
      if (!Number.isSafeInteger(value) || value < 1) {
        throw new RangeError(`DataLoader: ${name} must be a whole number ≥ 1, got ${value}`);
      }
    }
    if (source.length < context + 1) {
      throw new RangeError(
        `DataLoader: the text has ${source.length} tokens, a context of ${context} needs ${context + 1}; take more text or a shorter context`,
      );
    }
    this.source = source;
    this.options = { batch, context, microBatches, seed, order };
    this.#random = new Random(seed).fork("dataloader");
  }

  /** Sequences in a step, over all micro-batches and ranks. */
  get sequencesPerStep(): number {
    return this.options.batch * this.options.microBatches;
  }

  /** Windows in an epoch. Shuffled, there is one fewer where that lets the phase take every value. */
  get windows(): number {
    const { context, order } = this.options;
    const most = Math.floor((this.source.length - 1) / context);
    return order === "shuffled" ? Math.max(1, Math.floor((this.source.length - context) / context)) : most;
  }

  /**
   * The loader of one of several ranks: each gets its own equal part of every micro-batch.
   * @throws RangeError when `batch` is not divisible by `worldSize`, or there is no such rank
   */
  forRank(rank: number, worldSize: number): DataLoader {
    if (!(Number.isInteger(rank) && rank >= 0 && rank < worldSize)) {
      throw new RangeError(`DataLoader: rank must be from 0 to ${worldSize - 1}, got ${rank}`);
    }
    if (this.options.batch % worldSize !== 0) {
      throw new RangeError(`DataLoader: batch ${this.options.batch} cannot be divided among ${worldSize} ranks`);
    }
    const loader = new DataLoader(this.source, this.options);
    loader.#rank = rank;
    loader.#worldSize = worldSize;
    return loader;
  }

  /**
   * The batch of a step: a pure function of (seed, step, microBatch, rank).
   * @throws RangeError for a step below 0 or a micro-batch that the options do not have
   */
  batchAt(step: number, microBatch = 0): Batch {
    const { batch, context, microBatches } = this.options;
    if (!Number.isSafeInteger(step) || step < 0)
      throw new RangeError(`batchAt: step must be a whole number ≥ 0, got ${step}`);
    if (!(Number.isInteger(microBatch) && microBatch >= 0 && microBatch < microBatches)) {
      throw new RangeError(`batchAt: microBatch must be from 0 to ${microBatches - 1}, got ${microBatch}`);
    }
    const rows = batch / this.#worldSize;
    const first = microBatch * batch + this.#rank * rows;
    const inputs = new Int32Array(rows * context);
    const targets = new Int32Array(rows * context);
    for (let row = 0; row < rows; row++) {
      const window = this.source.read(this.offsetAt(step, first + row), context + 1);
      inputs.set(window.subarray(0, context), row * context);
      targets.set(window.subarray(1), row * context);
    }
    return { inputs, targets, batch: rows, context };
  }

  /** Where in the text sequence number `sequence` of a step begins. */
  offsetAt(step: number, sequence: number): number {
    const { context, order } = this.options;
    if (order === "random") return this.#random.fork(step, sequence).integer(this.source.length - context);
    const index = step * this.sequencesPerStep + sequence;
    const number = Math.floor(index / this.windows);
    if (this.#epoch?.number !== number) this.#epoch = this.#begin(number);
    const { phase, windows } = this.#epoch;
    return phase + (windows[index % this.windows] as number) * context;
  }

  /** How often the text has been seen before a step, in epochs: tokens trained on, divided by the text's. */
  epochAt(step: number): number {
    return (step * this.sequencesPerStep * this.options.context) / this.source.length;
  }

  #begin(number: number): { number: number; phase: number; windows: Uint32Array } {
    const random = this.#random.fork("epoch", number);
    if (this.options.order === "sequential" && number === 0) {
      return { number, phase: 0, windows: Uint32Array.from({ length: this.windows }, (_, i) => i) };
    }
    const windows = random.permutation(this.windows);
    const spare = this.source.length - 1 - this.windows * this.options.context;
    const phases = Math.min(this.options.context, spare + 1);
    const phase = this.options.order === "shuffled" ? random.integer(phases) : 0;
    return { number, phase, windows };
  }
}
