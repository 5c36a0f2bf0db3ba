// Writes a file tensor by tensor, and all or nothing.
//
// A tensor's data may be a function, called when its turn comes; so a model larger than memory, or one whose
// parameters must be fetched from a GPU, is never in memory as a whole.

import { type WrittenFile, writeAtomically } from "./atomic.js";
import type { DataOf, Dtype, StoredTensor } from "./dtype.js";
import { encodeHeader, tensorData } from "./encode.js";

/** A tensor whose data is fetched when it is written. */
export type LazyTensor = {
  [D in Dtype]: { dtype: D; shape: readonly number[]; data: () => DataOf[D] | Promise<DataOf[D]> };
}[Dtype];

/**
 * Writes a file, replacing one that is there only when the new one is complete and on the disk.
 * @throws SafetensorsError when an array does not match its dtype and shape; the system's errors, with the path
 */
export async function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, StoredTensor | LazyTensor>,
  metadata: Readonly<Record<string, string>> = {},
): Promise<WrittenFile> {
  const { start, names } = encodeHeader(tensors, metadata);
  return writeAtomically(path, async (append) => {
    await append(start);
    for (const name of names) {
      const tensor = tensors.get(name) as StoredTensor | LazyTensor;
      const data = typeof tensor.data === "function" ? await tensor.data() : tensor.data;
      await append(tensorData(name, { dtype: tensor.dtype, shape: tensor.shape, data }));
    }
  });
}
