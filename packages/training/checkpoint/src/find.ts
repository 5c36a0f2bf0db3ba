// Finds checkpoints by looking at the folder: there is no pointer file that could be wrong.

import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError, isMissing } from "./error.js";
import { parseCheckpointName } from "./name.js";
import { type BestBy, rankBest } from "./retention.js";
import { type CheckpointInfo, readState, verifyFiles } from "./state.js";

/** The result of a search. */
export interface FoundCheckpoint {
  /** Undefined when there is none that is whole. */
  checkpoint: CheckpointInfo | undefined;
  /** One sentence for each damaged checkpoint that was passed over. */
  warnings: string[];
}

/** A replaced checkpoint's name until its successor is in place: `step-00000100.old`. */
export const oldSuffix = ".old";

/** All checkpoints whose state can be read and whose files have their sizes, by step; not their sums, which takes long. */
export async function listCheckpoints(
  directory: string,
): Promise<{ checkpoints: CheckpointInfo[]; warnings: string[] }> {
  const names = await readdir(directory).catch((error): string[] => {
    if (isMissing(error)) return [];
    throw new CheckpointError(`${directory}: cannot be read: ${(error as Error).message}`, { cause: error });
  });
  const checkpoints: CheckpointInfo[] = [];
  const warnings: string[] = [];
  for (const name of names.sort()) {
    const replaced = name.endsWith(oldSuffix) && !names.includes(name.slice(0, -oldSuffix.length));
    const step = parseCheckpointName(replaced ? name.slice(0, -oldSuffix.length) : name);
    if (step === undefined) continue;
    try {
      const info = await readState(join(directory, name));
      if (info.step !== step) throw new CheckpointError(`${info.path}: holds step ${info.step}`);
      checkpoints.push(info);
    } catch (error) {
      warnings.push(warn(error));
    }
  }
  return { checkpoints: checkpoints.sort((a, b) => a.step - b.step), warnings };
}

/** The newest checkpoint that is whole, every byte of it; damaged ones are passed over with a warning. */
export async function latestCheckpoint(directory: string): Promise<FoundCheckpoint> {
  const { checkpoints, warnings } = await listCheckpoints(directory);
  return firstWhole(checkpoints.reverse(), warnings);
}

/** The best checkpoint that is whole, every byte of it; damaged ones are passed over with a warning. */
export async function bestCheckpoint(directory: string, best: BestBy): Promise<FoundCheckpoint> {
  const { checkpoints, warnings } = await listCheckpoints(directory);
  return firstWhole(rankBest(checkpoints, best), warnings);
}

async function firstWhole(candidates: CheckpointInfo[], warnings: string[]): Promise<FoundCheckpoint> {
  for (const checkpoint of candidates) {
    try {
      await verifyFiles(checkpoint);
      return { checkpoint, warnings };
    } catch (error) {
      warnings.push(warn(error));
    }
  }
  return { checkpoint: undefined, warnings };
}

function warn(error: unknown): string {
  return `${(error as Error).message}; this checkpoint is not used`;
}
