// Reads tensors from a file one by one: opening costs the header, each tensor its own bytes, whatever the file's size.

import { type FileHandle, open } from "node:fs/promises";
import { elementsOf, type StoredTensor } from "./dtype.js";
import { SafetensorsError } from "./error.js";
import { parseHeader, parseHeaderLength, type SafetensorsHeader, type TensorInfo } from "./header.js";
import { readExactly } from "./read-exactly.js";

/**
 * Opens a file and reads its header; call `close` when done.
 * @throws SafetensorsError, with the path, for anything that does not follow the format; the system's errors
 */
export async function readSafetensors(path: string): Promise<SafetensorsFile> {
  const handle = await open(path, "r");
  try {
    const { size } = await handle.stat();
    const length = parseHeaderLength(await readExactly(handle, 0, Math.min(8, size)), size);
    return new SafetensorsFile(path, handle, parseHeader(await readExactly(handle, 0, 8 + length), size));
  } catch (error) {
    await handle.close();
    if (error instanceof SafetensorsError) throw new SafetensorsError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** An open file: its header is in memory, its tensors are on disk. */
export class SafetensorsFile {
  readonly path: string;
  readonly metadata: Record<string, string>;
  /** Dtype, shape and place of each tensor, in the order of the data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly #handle: FileHandle;
  readonly #dataStart: number;

  /** @internal */
  constructor(path: string, handle: FileHandle, header: SafetensorsHeader) {
    this.path = path;
    this.metadata = header.metadata;
    this.tensors = header.tensors;
    this.#handle = handle;
    this.#dataStart = header.dataStart;
  }

  /** Reads one tensor. @throws SafetensorsError when there is none of that name, or the file has become shorter */
  async read(name: string): Promise<StoredTensor> {
    const info = this.tensors.get(name);
    if (!info) throw new SafetensorsError(`${this.path}: has no tensor "${name}"`);
    const bytes = await readExactly(this.#handle, this.#dataStart + info.begin, info.end - info.begin);
    return { dtype: info.dtype, shape: info.shape, data: elementsOf(info.dtype, bytes) } as StoredTensor;
  }

  /** Reads all tensors, in the order of the data. */
  async readAll(): Promise<Map<string, StoredTensor>> {
    const all = new Map<string, StoredTensor>();
    for (const name of this.tensors.keys()) all.set(name, await this.read(name));
    return all;
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
