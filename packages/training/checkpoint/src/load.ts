// Loads a checkpoint, after making sure that it is what was written.

import { join } from "node:path";
import type { StoredTensor } from "@llm/safetensors";
import { readSafetensors } from "@llm/safetensors/node";
import { CheckpointError } from "./error.js";
import { type CheckpointInfo, modelFile, optimizerFile, readState, verifyFiles } from "./state.js";

/** A checkpoint with its tensors. */
export interface LoadedCheckpoint extends CheckpointInfo {
  tensors: Map<string, StoredTensor>;
  /** Undefined when it was saved without. */
  optimizer: Map<string, StoredTensor> | undefined;
}

/**
 * Loads the checkpoint in a folder.
 *
 * @param verify compare CRC-32 sums first; needless right after `latestCheckpoint`, which has done it. Default true.
 * @throws CheckpointError when it is incomplete or damaged
 */
export async function loadCheckpoint(
  path: string,
  { verify = true }: { verify?: boolean } = {},
): Promise<LoadedCheckpoint> {
  const info = await readState(path);
  if (verify) await verifyFiles(info);
  const has = (name: string) => info.files.some((file) => file.name === name);
  return {
    ...info,
    tensors: await readTensors(join(path, modelFile)),
    optimizer: has(optimizerFile) ? await readTensors(join(path, optimizerFile)) : undefined,
  };
}

async function readTensors(path: string): Promise<Map<string, StoredTensor>> {
  const file = await readSafetensors(path).catch((error) => {
    throw new CheckpointError(`${path}: cannot be read: ${(error as Error).message}`, { cause: error });
  });
  try {
    return await file.readAll();
  } finally {
    await file.close();
  }
}
