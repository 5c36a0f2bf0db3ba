// Batches of a text, as a model's objective takes them.

import { DataLoader, evaluationBatches, type TokenSource } from "@llm/dataloader";
import type { Task } from "../families/family.js";
import type { HeldOut } from "./loop.js";

/** Training batches by step and micro-batch. */
export function trainingBatches<B>(
  task: Task<B>,
  source: TokenSource,
  { batch, accumulate, seed }: { batch: number; accumulate: number; seed: number },
): (step: number, microBatch: number) => B {
  const { textLength: context } = task;
  const loader = new DataLoader(source, { batch, context, microBatches: accumulate, seed });
  return (step, micro) => {
    const { inputs, targets } = loader.batchAt(step, micro);
    const rows = Array.from({ length: batch }, (_, row) => rowOf(task, inputs, targets, row, context));
    return task.batch({ rows, step, firstRow: micro * batch });
  };
}

/** The first `limit` tokens of a held-out text; the same batches every time, special tokens left out of the targets. */
export function heldOutText<B>(
  task: Task<B>,
  source: TokenSource,
  { batch, limit }: { batch: number; limit: number },
): HeldOut<B> {
  const length = Math.min(source.length, limit + 1);
  const part: TokenSource = { length, read: (offset, count) => source.read(offset, count) };
  let bytes = 0;
  const each = function* (): Generator<B> {
    const { textLength: context } = task;
    let firstRow = 0;
    for (const { inputs, targets, batch: count } of evaluationBatches(part, { batch, context })) {
      const rows = Array.from({ length: count }, (_, row) => {
        const known = targets.subarray(row * context, (row + 1) * context).findIndex((target) => target < 0);
        return rowOf(task, inputs, targets, row, context, known < 0 ? context : known);
      });
      const made = task.batch({ rows, step: 0, firstRow });
      firstRow += count;
      const scored = task.scored?.(made);
      bytes += scored?.bytes ?? 0;
      yield scored?.batch ?? made;
    }
  };
  if (task.scored) for (const _ of each());
  return { batches: each, ...(task.scored && { bytes }) };
}

/** The text of a row; for the next token, with the token that follows it. */
function rowOf(
  { next }: Pick<Task, "next">,
  inputs: Int32Array,
  targets: Int32Array,
  row: number,
  context: number,
  length: number = context,
): Int32Array {
  const start = row * context;
  const text = inputs.subarray(start, start + length);
  return next ? Int32Array.of(...text, targets[start + length - 1] as number) : text;
}
