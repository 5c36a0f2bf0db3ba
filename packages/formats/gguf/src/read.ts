// Reads tensors from a file one by one: opening costs the header, each tensor its own bytes, whatever the file's size.

import { type FileHandle, open } from "node:fs/promises";
import { findNonFinite } from "@llm/safetensors";
import { readExactly } from "@llm/safetensors/node";
import { elementsOf, type GGUFTensor } from "./dtype.js";
import { GGUFError, IncompleteError } from "./error.js";
import { toFloat32 } from "./float32.js";
import { type GGUFHeader, type GGUFTensorInfo, parseHeader } from "./header.js";
import type { Metadata } from "./metadata.js";

/** Headers of large vocabularies have some ten megabytes. */
const maxHeaderBytes = 2 ** 30;

/**
 * Opens a file and reads its header; call `close` when done.
 * @throws GGUFError, with the path, for anything that does not follow the format; the system's errors
 */
export async function readGGUF(path: string): Promise<GGUFFile> {
  const handle = await open(path, "r");
  try {
    return new GGUFFile(path, handle, await readHeader(handle));
  } catch (error) {
    await handle.close();
    if (error instanceof GGUFError) throw new GGUFError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** The header's length stands nowhere: reads more of the file until it is complete. */
async function readHeader(handle: FileHandle): Promise<GGUFHeader> {
  const { size } = await handle.stat();
  for (let length = 2 ** 18; ; length *= 4) {
    const start = await readExactly(handle, 0, Math.min(length, size));
    try {
      return parseHeader(start, size);
    } catch (error) {
      if (!(error instanceof IncompleteError)) throw error;
      if (length >= maxHeaderBytes)
        throw new GGUFError(`the header is longer than ${maxHeaderBytes} bytes`, { cause: error });
    }
  }
}

/** An open file: its header is in memory, its tensors are on disk. */
export class GGUFFile {
  readonly path: string;
  readonly version: number;
  readonly metadata: Metadata;
  /** Dtype, shape and place of each tensor, in the file's order. */
  readonly tensors: ReadonlyMap<string, GGUFTensorInfo>;
  readonly #handle: FileHandle;
  readonly #dataStart: number;

  /** @internal */
  constructor(path: string, handle: FileHandle, header: GGUFHeader) {
    this.path = path;
    this.version = header.version;
    this.metadata = header.metadata;
    this.tensors = header.tensors;
    this.#handle = handle;
    this.#dataStart = header.dataStart;
  }

  /** Reads one tensor. @throws GGUFError when there is none of that name; Error when the file has become shorter */
  async read(name: string): Promise<GGUFTensor> {
    const info = this.tensors.get(name);
    if (!info) throw new GGUFError(`${this.path}: has no tensor "${name}"`);
    const bytes = await readExactly(this.#handle, this.#dataStart + info.begin, info.end - info.begin);
    return { dtype: info.dtype, shape: info.shape, data: elementsOf(info.dtype, bytes) } as GGUFTensor;
  }

  /**
   * Reads one tensor as float32, whatever it is stored in.
   * @throws GGUFError for a type that is not computed here, and when an element is NaN or infinite
   */
  async readFloat32(name: string): Promise<{ shape: readonly number[]; values: Float32Array }> {
    const tensor = await this.read(name);
    const values = toFloat32(tensor);
    const index = findNonFinite({ dtype: "F32", shape: tensor.shape, data: values });
    if (index < 0) return { shape: tensor.shape, values };
    throw new GGUFError(
      `${this.path}: tensor "${name}": element ${index} of ${values.length} is NaN or infinite; the file is damaged, or the model diverged in training`,
    );
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
