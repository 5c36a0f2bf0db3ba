// Writes a file tensor by tensor, and all or nothing.
//
// A tensor's data may be a function, called when its turn comes; so a model larger than memory, or one whose
// parameters must be fetched from a GPU, is never in memory as a whole.

import { type WrittenFile, writeAtomically } from "@llm/safetensors/node";
import { bytesOf, type GGUFData, type GGUFDtype, type GGUFTensor } from "./dtype.js";
import { encodeHeader } from "./encode.js";
import type { Metadata } from "./metadata.js";

/** A tensor whose data is fetched when it is written. */
export interface LazyGGUFTensor {
  dtype: GGUFDtype;
  shape: readonly number[];
  data: () => GGUFData | Promise<GGUFData>;
}

/**
 * Writes a file, replacing one that is there only when the new one is complete and on the disk.
 * @throws GGUFError when an array does not match its dtype and shape; the system's errors, with the path
 */
export async function writeGGUF(
  path: string,
  metadata: Metadata,
  tensors: ReadonlyMap<string, GGUFTensor | LazyGGUFTensor>,
): Promise<WrittenFile> {
  const { start, places, fileBytes } = encodeHeader(metadata, tensors);
  return writeAtomically(path, async (append) => {
    await append(start);
    let at = start.length;
    const padTo = async (place: number): Promise<void> => {
      await append(new Uint8Array(place - at));
      at = place;
    };
    for (const [name, { dtype, shape, data }] of tensors) {
      await padTo(places.get(name) as number);
      const bytes = bytesOf(name, {
        dtype,
        shape,
        data: typeof data === "function" ? await data() : data,
      } as GGUFTensor);
      await append(bytes);
      at += bytes.length;
    }
    await padTo(fileBytes);
  });
}
