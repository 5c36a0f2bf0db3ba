// Bytes to tensors, for files that are in memory; large ones are read from disk tensor by tensor, see node.ts.

import { elementsOf, type StoredTensor } from "./dtype.js";
import { parseHeader } from "./header.js";

/**
 * All tensors of a file, in the order of their data. Aligned ones are views of `bytes`, not copies.
 * @throws SafetensorsError for anything that does not follow the format
 */
export function decodeSafetensors(bytes: Uint8Array): {
  tensors: Map<string, StoredTensor>;
  metadata: Record<string, string>;
} {
  const { tensors, metadata, dataStart } = parseHeader(bytes);
  const decoded = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, begin, end }] of tensors) {
    const data = elementsOf(dtype, bytes.subarray(dataStart + begin, dataStart + end));
    decoded.set(name, { dtype, shape, data } as StoredTensor);
  }
  return { tensors: decoded, metadata };
}
