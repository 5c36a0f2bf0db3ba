// All of a text, once, in order: for a loss over the whole text that is exact and the same every time.
//
//   row w covers inputs [w · context, …) and their targets; each of the length − 1 targets appears exactly once
//
// The last row is filled up with token 0 and the label -100, which the loss ignores. So
// Σ (batch loss · batch tokens) / (length − 1) is the mean over the text. (nanoGPT estimates it from random batches.)

import type { Batch } from "./dataloader.js";
import type { TokenSource } from "./source.js";

const IGNORE = -100;

/** How to cut the text. */
export interface EvaluationOptions {
  /** Rows in a batch; the last batch may have fewer. */
  batch: number;
  /** Tokens in a row. */
  context: number;
}

/** A batch, and how many of its targets count. */
export interface EvaluationBatch extends Batch {
  /** Targets that are not -100: the weight of this batch's mean loss. */
  tokens: number;
}

/**
 * All of the text in batches of consecutive windows.
 * @throws RangeError for options out of range, or a text without a single token to predict
 */
export function* evaluationBatches(
  source: TokenSource,
  { batch, context }: EvaluationOptions,
): Generator<EvaluationBatch> {
  for (const [name, value] of Object.entries({ batch, context })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`evaluationBatches: ${name} must be a whole number ≥ 1, got ${value}`);
    }
  }
  if (source.length < 2) {
    throw new RangeError(`evaluationBatches: a text of ${source.length} tokens has nothing to predict; it needs 2`);
  }
  const last = source.length - 1;
  for (let start = 0; start < last; start += batch * context) {
    const rows = Math.min(batch, Math.ceil((last - start) / context));
    const tokens = Math.min(rows * context, last - start);
    // Consecutive windows overlap in one token only: a batch is one stretch of text.
    const stretch = source.read(start, tokens + 1);
    const inputs = new Int32Array(rows * context);
    const targets = new Int32Array(rows * context).fill(IGNORE);
    inputs.set(stretch.subarray(0, tokens));
    targets.set(stretch.subarray(1));
    yield { inputs, targets, batch: rows, context, tokens };
  }
}
