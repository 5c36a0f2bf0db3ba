// Rows of several documents, and batches of rows, in which no document sees another.
//
//   inputs     a a a b b c c c _      _ is padId
//   targets    a a a b b c c c #      # is -100
//   segments   1 1 1 2 2 3 3 3 0      attention only where segments are equal
//
// Targets are shifted before documents are joined, so none of them asks for a token of the next document.
// Source: Krell et al., "Efficient sequence packing without cross-contamination", arXiv:2107.02027.
// Shapes: B rows, T tokens of a row.

import { type Example, IGNORE, type Pair, type Sequence } from "./example.js";

/** Rows of sequences, one after the other; every array has B·T elements. */
export interface SequenceBatch extends Sequence {
  /** 1, 2, 3 … for the documents of a row, 0 for padding. */
  segments: Int32Array;
  rows: number;
  /** T, tokens of a row. */
  length: number;
}

/** The same documents at both sides: row and segment of the decoder are those of the encoder. */
export interface PairBatch {
  encoder: SequenceBatch;
  decoder: SequenceBatch;
}

/** The batch that examples of a kind make. */
export type BatchOf<E extends Example> = E extends Pair ? PairBatch : SequenceBatch;

/** How long a row is, and what fills it up. */
export interface RowOptions {
  /** Tokens of a row. Default: as many as the longest row needs. */
  length?: number;
  /** Tokens of a row of the decoder, for pairs. Default: as many as the longest needs. */
  decoderLength?: number;
  /** Fills the rest of a row; any valid token id. */
  padId: number;
}

export const isPair = (example: Example): example is Pair => "encoder" in example;

/**
 * Lays each group of examples into one row.
 *
 * @param groups for each row, its examples in order; a group may be empty, the batch may not
 * @throws RangeError when a group does not fit into a row, or there is nothing at all
 */
export function stackRows<E extends Example>(groups: readonly (readonly E[])[], options: RowOptions): BatchOf<E> {
  const first = groups.find((group) => group.length > 0)?.[0];
  if (!first) throw new RangeError("stackRows: there is no example to lay into a row");
  if (!isPair(first)) return stack(groups as readonly (readonly Sequence[])[], options) as BatchOf<E>;
  const pairs = groups as readonly (readonly Example[])[] as readonly (readonly Pair[])[];
  const side = (name: keyof Pair): Sequence[][] => pairs.map((group) => group.map((each) => each[name]));
  return {
    encoder: stack(side("encoder"), options),
    decoder: stack(side("decoder"), { ...options, length: options.decoderLength }),
  } as BatchOf<E>;
}

function stack(groups: readonly (readonly Sequence[])[], { length, padId }: RowOptions): SequenceBatch {
  const sizes = groups.map((group) => group.reduce((sum, { inputs }) => sum + inputs.length, 0));
  const T = length ?? Math.max(1, ...sizes);
  sizes.forEach((size, row) => {
    if (size <= T) return;
    throw new RangeError(
      `stackRows: row ${row} holds ${size} tokens, but a row is ${T} long; give it fewer or shorter documents`,
    );
  });
  const size = groups.length * T;
  const batch: SequenceBatch = {
    inputs: new Int32Array(size).fill(padId),
    targets: new Int32Array(size).fill(IGNORE),
    positions: new Int32Array(size),
    ...(groups.flat().some(({ blockPositions }) => blockPositions) && { blockPositions: new Int32Array(size) }),
    open: new Uint8Array(size),
    segments: new Int32Array(size),
    rows: groups.length,
    length: T,
  };
  groups.forEach((group, row) => {
    let at = row * T;
    group.forEach((one, segment) => {
      batch.inputs.set(one.inputs, at);
      batch.targets.set(one.targets, at);
      batch.positions.set(one.positions, at);
      batch.open.set(one.open, at);
      if (one.blockPositions) batch.blockPositions?.set(one.blockPositions, at);
      batch.segments.fill(segment + 1, at, at + one.inputs.length);
      at += one.inputs.length;
    });
  });
  return batch;
}

/**
 * Distributes examples over rows: each goes into the first row that still has room for it, on both sides if it is a
 * pair. The order of the examples is kept as far as that allows. (`firstFitDecreasing` of `@llm/packing` is faster for
 * thousands of them, but knows one length only.)
 *
 * @returns for each row, its examples; hand it to `stackRows`
 * @throws RangeError for an example that is longer than a row
 */
export function packExamples<E extends Example>(
  examples: readonly E[],
  { length, decoderLength = length }: { length: number; decoderLength?: number },
): E[][] {
  const rows: { group: E[]; used: number; decoderUsed: number }[] = [];
  for (const [i, example] of examples.entries()) {
    const [size, decoderSize] = isPair(example)
      ? [example.encoder.inputs.length, example.decoder.inputs.length]
      : [example.inputs.length, 0];
    if (!(size <= length && decoderSize <= decoderLength)) {
      const [has, limit] = size <= length ? [decoderSize, decoderLength] : [size, length];
      throw new RangeError(
        `packExamples: example ${i} has ${has} tokens, but a row is ${limit} long; cut the document`,
      );
    }
    let row = rows.find((each) => each.used + size <= length && each.decoderUsed + decoderSize <= decoderLength);
    if (!row) {
      row = { group: [], used: 0, decoderUsed: 0 };
      rows.push(row);
    }
    row.group.push(example);
    row.used += size;
    row.decoderUsed += decoderSize;
  }
  return rows.map(({ group }) => group);
}
