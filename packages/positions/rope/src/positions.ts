// Which row of a table each token takes: rows from an offset on, or those that position ids name.
// Shapes: B batch, T time, R rows of the table.

import { gather, getBackend, reshape, type Tensor } from "@tensorflow/tfjs-core";
import type { RopeTable } from "./table.js";

/**
 * The rows of the table at position ids; call it inside of a tidy.
 *
 * Ids are checked on backends that hold tensors in this process's memory; on `webgl` and `webgpu` the caller vouches
 * for them.
 *
 * @param positions int32 [T], or [B, T] for ids of each sequence's own
 * @param time T, as x has it
 * @returns cosines and sines, each [T, R/2], or [B, 1, T, R/2]
 * @throws Error when ids are not int32, of another shape, or beyond the table
 */
export function rowsAt({ cos, sin }: RopeTable, positions: Tensor, time: number, batch: number | undefined): RopeTable {
  const [b, t] = positions.rank === 1 ? [1, positions.size] : (positions.shape as [number, number]);
  if (positions.dtype !== "int32" || positions.rank > 2 || t !== time || (b !== 1 && b !== batch)) {
    throw new Error(
      `rope: positions must be int32 of shape [${time}] or [${batch ?? 1},${time}] to match x, got ${positions.dtype} of shape [${positions.shape}]`,
    );
  }
  const [length, pairs] = cos.shape as [number, number];
  if (!getBackend().startsWith("webg")) checkRange(positions, length);
  const rows = (table: Tensor): Tensor =>
    reshape(gather(table, reshape(positions, [b * t])), b === 1 ? [t, pairs] : [b, 1, t, pairs]);
  return { cos: rows(cos), sin: rows(sin) };
}

function checkRange(positions: Tensor, length: number): void {
  for (const id of positions.dataSync()) {
    if (id >= 0 && id < length) continue;
    throw new Error(`rope: position ${id} exceeds the table's ${length}; build it with a larger length`);
  }
}
