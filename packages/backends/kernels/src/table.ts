// A table of numbers in the machine's memory, for kernels that take any number of tensors.

import type { MachineBackend } from "./backend.js";

/** Calls f with the address of the rows as float64 numbers, one after another; they are gone when it returns. */
export function withTable(
  backend: MachineBackend,
  rows: readonly (readonly number[])[],
  f: (address: number) => void,
): void {
  const values = rows.flat();
  const block = backend.pool.take(values.length * Float64Array.BYTES_PER_ELEMENT);
  try {
    new Float64Array(block.buffer, block.offset, values.length).set(values);
    f(block.address);
  } finally {
    backend.pool.give(block);
  }
}
