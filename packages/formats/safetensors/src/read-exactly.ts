// Reads a range of a file, all of it or an error.

import type { FileHandle } from "node:fs/promises";
import { SafetensorsError } from "./error.js";

/** One system call reads less than 2 GiB. */
const maxRead = 2 ** 30;

/** `length` bytes from `position` on. @throws SafetensorsError when the file ends before */
export async function readExactly(handle: FileHandle, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, Math.min(length - done, maxRead), position + done);
    if (bytesRead === 0)
      throw new SafetensorsError(`file ends at byte ${position + done}, in the middle of what its header promises`);
    done += bytesRead;
  }
  return bytes;
}
