// Writes a file tensor by tensor, and all or nothing: under another name first, synced to the disk, then renamed.
//
// A tensor's data may be a function, called when its turn comes; so a model larger than memory, or one whose
// parameters must be fetched from a GPU, is never in memory as a whole.

import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";
import type { DataOf, Dtype, StoredTensor } from "./dtype.js";
import { encodeHeader, tensorData } from "./encode.js";

/** A tensor whose data is fetched when it is written. */
export type LazyTensor = {
  [D in Dtype]: { dtype: D; shape: readonly number[]; data: () => DataOf[D] | Promise<DataOf[D]> };
}[Dtype];

/** What was written. */
export interface WrittenFile {
  bytes: number;
  /** CRC-32 of the whole file, as zlib's. */
  crc32: number;
}

let counter = 0;

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
  const temporary = `${path}.tmp-${process.pid}-${counter++}`;
  const handle = await open(temporary, "wx");
  const written: WrittenFile = { bytes: 0, crc32: 0 };
  const append = async (bytes: Uint8Array) => {
    if (bytes.length === 0) return; // zlib takes an empty buffer for a request to begin anew
    await writeAll(handle, bytes, path);
    written.bytes += bytes.length;
    written.crc32 = crc32(bytes, written.crc32);
  };
  try {
    await append(start);
    for (const name of names) {
      const tensor = tensors.get(name) as StoredTensor | LazyTensor;
      const data = typeof tensor.data === "function" ? await tensor.data() : tensor.data;
      await append(tensorData(name, { dtype: tensor.dtype, shape: tensor.shape, data }));
    }
    await handle.sync();
    await handle.close();
    await rename(temporary, path);
  } catch (error) {
    await handle.close().catch(() => {});
    await rm(temporary, { force: true });
    throw error;
  }
  await syncDirectory(dirname(path));
  return written;
}

/** Node's errors of a write do not name the file. One system call writes less than 2 GiB. */
async function writeAll(handle: FileHandle, bytes: Uint8Array, path: string): Promise<void> {
  try {
    for (let done = 0; done < bytes.length; ) {
      done += (await handle.write(bytes, done, Math.min(bytes.length - done, 2 ** 30))).bytesWritten;
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw Object.assign(new Error(`cannot write ${path}: ${message}`, { cause: error }), { code });
  }
}

/** Makes a rename survive a power failure. Windows cannot sync a directory, and does not need to. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
