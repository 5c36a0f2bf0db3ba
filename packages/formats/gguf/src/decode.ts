// Bytes to tensors, for files that are in memory; large ones are read from disk tensor by tensor, see node.ts.

import { elementsOf, type GGUFTensor } from "./dtype.js";
import { parseHeader } from "./header.js";
import type { Metadata } from "./metadata.js";

/** A file in memory. */
export interface GGUFContents {
  metadata: Metadata;
  tensors: Map<string, GGUFTensor>;
}

/**
 * All of a file. Aligned tensors are views of `bytes`, not copies.
 * @throws GGUFError for anything that does not follow the format
 */
export function decodeGGUF(bytes: Uint8Array): GGUFContents {
  const { metadata, tensors, dataStart } = parseHeader(bytes);
  const decoded = new Map<string, GGUFTensor>();
  for (const [name, { dtype, shape, begin, end }] of tensors) {
    const data = elementsOf(dtype, bytes.subarray(dataStart + begin, dataStart + end));
    decoded.set(name, { dtype, shape, data } as GGUFTensor);
  }
  return { metadata, tensors: decoded };
}
