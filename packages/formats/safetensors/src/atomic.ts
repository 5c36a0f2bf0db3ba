// Writes a file piece by piece, and all or nothing: under another name first, synced to the disk, then renamed.

import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { crc32 } from "node:zlib";

/** What was written. */
export interface WrittenFile {
  bytes: number;
  /** CRC-32 of the whole file, as zlib's. */
  crc32: number;
}

let counter = 0;

/**
 * Writes what `produce` appends; a file that is there already is replaced only when the new one is complete and on
 * the disk. When `produce` throws, nothing is left behind.
 * @throws what `produce` throws; the system's errors, with the path
 */
export async function writeAtomically(
  path: string,
  produce: (append: (bytes: Uint8Array) => Promise<void>) => Promise<void>,
): Promise<WrittenFile> {
  const temporary = `${path}.tmp-${process.pid}-${counter++}`;
  const handle = await open(temporary, "wx");
  const written: WrittenFile = { bytes: 0, crc32: 0 };
  try {
    await produce(async (bytes) => {
      if (bytes.length === 0) return; // zlib takes an empty buffer for a request to begin anew
      await writeAll(handle, bytes, path);
      written.bytes += bytes.length;
      written.crc32 = crc32(bytes, written.crc32);
    });
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
