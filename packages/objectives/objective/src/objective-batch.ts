// A batch as a pure function of (rows of tokens, seed, step): what a training loop asks an objective for.

import { Random } from "@llm/random";
import { type BatchOf, type RowOptions, stackRows } from "./batch.js";
import type { Example } from "./example.js";

/** Turns the token ids of one document into an example; everything random is drawn from `random`. */
export type Objective<E extends Example = Example> = (ids: ArrayLike<number>, random: Random) => E;

/** What a batch depends on beside its tokens. */
export interface ObjectiveBatchOptions extends RowOptions {
  seed: number;
  /** The step of training, so that a text that comes again is masked anew. */
  step: number;
  /** The number of the first row among all rows of the step: what micro-batches and ranks differ in. Default 0. */
  firstRow?: number;
  /** The token that ends a document. With it, documents of one row never see each other. Default: a row is a document. */
  separator?: number;
}

/**
 * Applies an objective to rows of tokens. Row `r` of step `s` draws from the stream named (seed, s, r), whatever the
 * other rows are.
 *
 * @param rows token ids of each row, as a data loader gives them
 * @throws RangeError as `stackRows`; the objective may make a document longer than it was
 */
export function objectiveBatch<E extends Example>(
  objective: Objective<E>,
  rows: readonly ArrayLike<number>[],
  { seed, step, firstRow = 0, separator, ...options }: ObjectiveBatchOptions,
): BatchOf<E> {
  const random = new Random(seed).fork("objective", step);
  return stackRows(
    rows.map((row, r) => splitDocuments(row, separator).map((ids, i) => objective(ids, random.fork(firstRow + r, i)))),
    options,
  );
}

/** The documents of a row. Each ends with its separator, the last perhaps without; none is empty. */
export function splitDocuments(ids: ArrayLike<number>, separator?: number): Int32Array[] {
  const all = Int32Array.from(ids);
  const documents: Int32Array[] = [];
  for (let start = 0; start < all.length; ) {
    const found = separator === undefined ? -1 : all.indexOf(separator, start);
    const end = found < 0 ? all.length : found + 1;
    documents.push(all.subarray(start, end));
    start = end;
  }
  return documents;
}
