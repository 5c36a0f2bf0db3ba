// Writes a folder that Hugging Face's libraries load: tensors in one file or several, index, config.json, tokenizer.json.
//
// config.json is what makes a folder a model, so it comes last: a folder in which writing broke off is none.

import { copyFile, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { dtypeBytes, type StoredTensor } from "@llm/safetensors";
import { type LazyTensor, writeSafetensors } from "@llm/safetensors/node";
import type { ModelConfig } from "./config.js";
import { HuggingFaceError } from "./error.js";
import { defaultShardBytes, INDEX, planShards, writeIndex } from "./shards.js";

/** What a folder holds. */
export interface WriteOptions {
  config: ModelConfig;
  /** By Hugging Face's names. Data may be a function, called when its turn to be written comes. */
  tensors: ReadonlyMap<string, StoredTensor | LazyTensor>;
  /** A tokenizer.json to copy, as it is. */
  tokenizerPath?: string;
  /** Bytes of tensors in a file. Default 5 GB, as Hugging Face's libraries. */
  shardBytes?: number;
}

/**
 * Writes a model into a new or empty folder.
 * @returns the names of its files
 * @throws HuggingFaceError when there is something in the folder already: nothing is ever overwritten; what
 *   `writeSafetensors` throws
 */
export async function writeHuggingFace(
  folder: string,
  { config, tensors, tokenizerPath, shardBytes = defaultShardBytes }: WriteOptions,
): Promise<string[]> {
  await mkdir(folder, { recursive: true });
  const there = (await readdir(folder))[0];
  if (there !== undefined)
    throw new HuggingFaceError(`${folder} is not empty: it holds ${there}; write to a new folder`);
  const sizes = new Map([...tensors].map(([name, { dtype, shape }]) => [name, bytesOf(dtypeBytes(dtype), shape)]));
  const files = planShards(sizes, shardBytes);
  for (const [file, names] of files) {
    const part = new Map(names.map((name) => [name, tensors.get(name) as StoredTensor | LazyTensor]));
    await writeSafetensors(join(folder, file), part, { format: "pt" });
  }
  const written = [...files.keys()];
  const put = async (name: string, text: string): Promise<void> => {
    await writeFile(join(folder, name), text, { flag: "wx" });
    written.push(name);
  };
  const total = [...sizes.values()].reduce((a, b) => a + b, 0);
  if (files.size > 1) await put(INDEX, writeIndex(files, total));
  if (tokenizerPath !== undefined) {
    await copyFile(tokenizerPath, join(folder, "tokenizer.json"));
    written.push("tokenizer.json");
  }
  await put("config.json", `${JSON.stringify(config, null, 2)}\n`);
  return written;
}

const bytesOf = (each: number, shape: readonly number[]): number => shape.reduce((a, b) => a * b, each);
