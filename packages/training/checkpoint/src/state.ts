// state.json: what a checkpoint is, and the sizes and CRC-32 sums by which its files are known again.
//
//   { format: 1, step, metrics, meta, files: [{ name, bytes, crc32 }], crc32 }   the last: of all before it
//
// A rename makes a checkpoint appear at once and whole; the sums find what happens to it later.

import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { CheckpointError, isMissing } from "./error.js";

/** What JSON can hold. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json | undefined };

/** A file of a checkpoint. */
export interface FileSum {
  name: string;
  bytes: number;
  crc32: number;
}

/** A checkpoint, without its tensors. */
export interface CheckpointInfo {
  /** Its folder. */
  path: string;
  step: number;
  metrics: Record<string, number>;
  meta: Json;
  files: FileSum[];
}

export const stateFile = "state.json";
export const modelFile = "model.safetensors";
export const optimizerFile = "optimizer.safetensors";

/** The text of state.json. */
export function encodeState({ step, metrics, meta, files }: Omit<CheckpointInfo, "path">): string {
  const text = JSON.stringify({ format: 1, step, metrics, meta, files });
  return `${JSON.stringify({ ...JSON.parse(text), crc32: crc32(text) }, null, 2)}\n`;
}

/** Reads state.json of a checkpoint's folder and checks that the files are there in their sizes. */
export async function readState(path: string): Promise<CheckpointInfo> {
  const info = parseState(path, await readFile(join(path, stateFile), "utf8").catch((error) => fail(path, error)));
  for (const file of info.files) {
    const { size } = await stat(join(path, file.name)).catch((error) => fail(path, error));
    if (size !== file.bytes)
      throw new CheckpointError(`${path}: ${file.name} has ${size} bytes instead of ${file.bytes}`);
  }
  return info;
}

function fail(path: string, error: unknown): never {
  const problem = isMissing(error) ? "is incomplete" : "cannot be read";
  throw new CheckpointError(`${path}: ${problem}: ${(error as Error).message}`, { cause: error });
}

function parseState(path: string, text: string): CheckpointInfo {
  let state: CheckpointInfo & { format: number; crc32: number };
  try {
    state = JSON.parse(text);
  } catch (cause) {
    throw new CheckpointError(`${path}: ${stateFile} is damaged: ${(cause as Error).message}`, { cause });
  }
  if (state?.format !== 1)
    throw new CheckpointError(`${path}: ${stateFile} is not of a format known here, 1, but ${state?.format}`);
  const { crc32: sum, ...rest } = state;
  if (crc32(JSON.stringify(rest)) !== sum)
    throw new CheckpointError(`${path}: ${stateFile} is damaged: its CRC-32 sum is wrong`);
  const { step, metrics, meta, files } = state;
  // The names lead to files: a foreign state.json must not lead out of the folder.
  for (const { name } of Array.isArray(files) ? files : []) {
    if (name !== modelFile && name !== optimizerFile)
      throw new CheckpointError(`${path}: ${stateFile} names a foreign file, ${name}`);
  }
  return { path, step, metrics, meta, files };
}

/** Reads every byte once. @throws CheckpointError when a file is not what was written */
export async function verifyFiles({ path, files }: CheckpointInfo): Promise<void> {
  for (const file of files) {
    let sum = 0;
    const stream = createReadStream(join(path, file.name), { highWaterMark: 2 ** 20 });
    try {
      for await (const chunk of stream) sum = crc32(chunk as Buffer, sum);
    } catch (error) {
      fail(path, error);
    }
    if (sum !== file.crc32) throw new CheckpointError(`${path}: ${file.name} is damaged: its CRC-32 sum is wrong`);
  }
}
