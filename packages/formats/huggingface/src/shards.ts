// model.safetensors.index.json: which tensor is in which file, for models that are split over several.
//
//   {"metadata": {"total_size": bytes}, "weight_map": {tensor: file}}
//
// A file's name comes from a stranger, so it must be a plain name: no folder, no parent, no device.
// Source: huggingface_hub's split_torch_state_dict_into_shards, which fills one file after the other.

import { isObject, parseObject } from "./config.js";
import { HuggingFaceError } from "./error.js";

/** Name of the file that lists the others. */
export const INDEX = "model.safetensors.index.json";

/** Bytes of a file from which on a model is split; the default of Hugging Face's libraries. */
export const defaultShardBytes = 5e9;

/**
 * Reads an index: tensor → file.
 * @throws HuggingFaceError when it is no index, or a file's name is more than a name
 */
export function parseIndex(text: string): Map<string, string> {
  const json = parseObject(text, INDEX);
  const map = Object.hasOwn(json, "weight_map") ? json.weight_map : undefined;
  if (!isObject(map)) throw new HuggingFaceError(`${INDEX} must have an object "weight_map"`);
  return new Map(Object.entries(map).map(([tensor, file]) => [tensor, checkedName(tensor, file)]));
}

/** An index as text. `files` holds file → its tensors. */
export function writeIndex(files: ReadonlyMap<string, readonly string[]>, totalBytes: number): string {
  const entries = [...files].flatMap(([file, tensors]) => tensors.map((tensor) => [tensor, file] as const));
  entries.sort(([a], [b]) => (a < b ? -1 : Number(a > b)));
  const index = { metadata: { total_size: totalBytes }, weight_map: Object.fromEntries(entries) };
  return `${JSON.stringify(index, null, 2)}\n`;
}

/**
 * Which file gets which tensors: in order, a new file when the next tensor would exceed the limit. One tensor above
 * the limit has a file of its own.
 *
 * @param sizes tensor → bytes
 * @returns file → tensors; one file has no number
 */
export function planShards(sizes: ReadonlyMap<string, number>, shardBytes: number): Map<string, string[]> {
  if (!(shardBytes > 0)) throw new HuggingFaceError(`shardBytes must be positive, got ${shardBytes}`);
  const shards: string[][] = [[]];
  let filled = 0;
  for (const [tensor, bytes] of sizes) {
    if (filled > 0 && filled + bytes > shardBytes) {
      shards.push([]);
      filled = 0;
    }
    shards.at(-1)?.push(tensor);
    filled += bytes;
  }
  const five = (number: number): string => String(number).padStart(5, "0");
  if (shards.length === 1) return new Map([["model.safetensors", shards[0] as string[]]]);
  return new Map(shards.map((tensors, i) => [`model-${five(i + 1)}-of-${five(shards.length)}.safetensors`, tensors]));
}

/** Letters, digits, dots, dashes and underscores, which no system takes for a path. */
const plainName = /^[A-Za-z0-9_][A-Za-z0-9_.-]*\.safetensors$/;

function checkedName(tensor: string, file: unknown): string {
  if (typeof file === "string" && file.length <= 255 && plainName.test(file)) return file;
  // No JSON.stringify of what is no text: a value nested deep enough exhausts its stack.
  const shown = typeof file === "string" ? JSON.stringify(file.slice(0, 100)) : `a ${typeof file}`;
  throw new HuggingFaceError(
    `${INDEX}: tensor ${JSON.stringify(tensor)} is in ${shown}, which is not the plain name of a .safetensors file`,
  );
}
