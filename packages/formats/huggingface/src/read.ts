// A folder of Hugging Face's libraries: config.json, and tensors in one file or in several with an index.
//
// Opening reads the headers only; each tensor is read when it is asked for. So loading a model takes its own size and
// one tensor, however many files it is in.

import { readFile } from "node:fs/promises";
import { requireFinite, type SafetensorsError, type StoredTensor, type TensorInfo, toFloat32 } from "@llm/safetensors";
import { readSafetensors, type SafetensorsFile } from "@llm/safetensors/node";
import { type ModelConfig, parseConfig } from "./config.js";
import { HuggingFaceError } from "./error.js";
import { fileIn } from "./inside.js";
import { INDEX, parseIndex } from "./shards.js";

/** What to do with weights that are NaN or infinite. */
interface OpenOptions {
  /** "error" (default) throws when such a tensor is read. */
  nonFinite?: "error" | "keep";
}

/**
 * Opens a model's folder; call `close` when done.
 * @throws HuggingFaceError or SafetensorsError for anything that is not as it should be: no config.json, no weights,
 *   an index that names other files or tensors than there are, a link that leaves the folder, a damaged file
 */
export async function openHuggingFace(
  folder: string,
  { nonFinite = "error" }: OpenOptions = {},
): Promise<HuggingFaceModel> {
  const configPath = await fileIn(folder, "config.json");
  if (!configPath) throw new HuggingFaceError(`there is no config.json in ${folder}`);
  const config = await named(configPath, async () => parseConfig(await readFile(configPath, "utf8")));
  const tokenizerPath = await fileIn(folder, "tokenizer.json");
  const files: SafetensorsFile[] = [];
  try {
    const placed = await openWeights(folder, files);
    return new HuggingFaceModel({ folder, config, tokenizerPath, files, placed, nonFinite });
  } catch (error) {
    for (const file of files) await file.close();
    throw error;
  }
}

/** Opens all files with weights, into `files`; which tensor is in which. */
async function openWeights(folder: string, files: SafetensorsFile[]): Promise<Map<string, SafetensorsFile>> {
  const placed = new Map<string, SafetensorsFile>();
  const open = async (path: string): Promise<SafetensorsFile> => {
    const file = await readSafetensors(path);
    files.push(file);
    for (const name of file.tensors.keys()) {
      const other = placed.get(name);
      if (other) throw new HuggingFaceError(`tensor ${JSON.stringify(name)} is in ${other.path} and in ${path}`);
      placed.set(name, file);
    }
    return file;
  };
  const single = await fileIn(folder, "model.safetensors");
  if (single) {
    await open(single);
    return placed;
  }
  const indexPath = await fileIn(folder, INDEX);
  if (!indexPath) throw new HuggingFaceError(await noWeights(folder));
  const index = await named(indexPath, async () => parseIndex(await readFile(indexPath, "utf8")));
  const shards = new Map<string, SafetensorsFile>();
  for (const name of [...new Set(index.values())].sort()) {
    const path = await fileIn(folder, name);
    if (!path) throw new HuggingFaceError(`${indexPath} names ${name}, which is not there; the model is incomplete`);
    shards.set(name, await open(path));
  }
  checkIndex(indexPath, index, shards, placed);
  return placed;
}

function checkIndex(
  path: string,
  index: ReadonlyMap<string, string>,
  shards: ReadonlyMap<string, SafetensorsFile>,
  placed: ReadonlyMap<string, SafetensorsFile>,
): void {
  for (const [tensor, file] of index) {
    if (placed.get(tensor) !== shards.get(file))
      throw new HuggingFaceError(`${path}: tensor ${JSON.stringify(tensor)} is not in ${file}`);
  }
  for (const [tensor, { path: file }] of placed) {
    if (!index.has(tensor))
      throw new HuggingFaceError(`${path}: does not name ${JSON.stringify(tensor)}, which is in ${file}`);
  }
}

async function noWeights(folder: string): Promise<string> {
  const pickled = await fileIn(folder, "pytorch_model.bin");
  const none = `there is neither model.safetensors nor ${INDEX} in ${folder}`;
  return pickled ? `${none}; pytorch_model.bin is a program as much as a file: save the model as safetensors` : none;
}

/** Errors of a parser do not know the file. */
async function named<T>(path: string, parse: () => Promise<T>): Promise<T> {
  try {
    return await parse();
  } catch (error) {
    if (error instanceof HuggingFaceError) throw new HuggingFaceError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** An open folder: its headers are in memory, its tensors are on disk. */
export class HuggingFaceModel {
  readonly folder: string;
  readonly config: ModelConfig;
  /** Where tokenizer.json is, if there is one. */
  readonly tokenizerPath: string | undefined;
  /** Dtype and shape of each tensor, file after file, in the order of the data. */
  readonly tensors: ReadonlyMap<string, TensorInfo>;
  readonly #files: readonly SafetensorsFile[];
  readonly #placed: ReadonlyMap<string, SafetensorsFile>;
  readonly #nonFinite: "error" | "keep";

  /** @internal */
  constructor(parts: {
    folder: string;
    config: ModelConfig;
    tokenizerPath: string | undefined;
    files: readonly SafetensorsFile[];
    placed: ReadonlyMap<string, SafetensorsFile>;
    nonFinite: "error" | "keep";
  }) {
    this.folder = parts.folder;
    this.config = parts.config;
    this.tokenizerPath = parts.tokenizerPath;
    this.tensors = new Map(parts.files.flatMap((file) => [...file.tensors]));
    this.#files = parts.files;
    this.#placed = parts.placed;
    this.#nonFinite = parts.nonFinite;
  }

  /** Reads one tensor. @throws HuggingFaceError when there is none of that name, or it holds NaN or infinity */
  async read(name: string): Promise<StoredTensor> {
    const file = this.#placed.get(name);
    if (!file) throw new HuggingFaceError(`${this.folder}: has no tensor ${JSON.stringify(name)}`);
    const tensor = await file.read(name);
    if (this.#nonFinite === "keep") return tensor;
    try {
      requireFinite(name, tensor);
    } catch (error) {
      throw new HuggingFaceError(`${file.path}: ${(error as SafetensorsError).message}`, { cause: error });
    }
    return tensor;
  }

  /** Reads one tensor as float32, whatever it is stored in. */
  async readFloat32(name: string): Promise<{ shape: readonly number[]; values: Float32Array }> {
    const tensor = await this.read(name);
    return { shape: tensor.shape, values: toFloat32(tensor) };
  }

  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
  }
}
