// Saves a training run so that at every moment, whatever happens, a whole checkpoint is on the disk.
//
//   step-00000100.tmp-PID-N/  files written and synced  →  folder synced  →  renamed to step-00000100  →  parent synced
//
// Only then are older ones removed. A kill, a power failure or a full disk leaves the temporary folder, which the next
// save removes, and all older checkpoints as they were.

import { mkdir, open, rename, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { StoredTensor } from "@llm/safetensors";
import { type LazyTensor, writeSafetensors } from "@llm/safetensors/node";
import { cleanLeftovers, release, removeCheckpoint, temporaryPath } from "./clean.js";
import { CheckpointError, reasonOf } from "./error.js";
import { listCheckpoints, oldSuffix } from "./find.js";
import { checkpointName } from "./name.js";
import { type BestBy, selectKept } from "./retention.js";
import { encodeState, type FileSum, type Json, modelFile, optimizerFile, stateFile } from "./state.js";

type Tensors = ReadonlyMap<string, StoredTensor | LazyTensor>;

/** What a checkpoint holds. */
export interface CheckpointContents {
  /** The parameters; data may be functions, called one after the other. */
  tensors: Tensors;
  /** The optimizer's state. */
  optimizer?: Tensors;
  /** What was measured at this step; numbers that are not finite are left out. */
  metrics?: Readonly<Record<string, number>>;
  /** Whatever else a run needs to go on: configuration, its hash, seeds, data cursor. */
  meta?: Json;
}

/** What stays on the disk. */
export interface SaveOptions {
  /** How many of the newest checkpoints; default 3. */
  keep?: number;
  /** Keeps the best one too. */
  best?: BestBy;
}

/** What was done. */
export interface SavedCheckpoint {
  /** The checkpoint's folder. */
  path: string;
  /** Folders of older checkpoints that were removed. */
  removed: string[];
  /** What could not be tidied up; the new checkpoint is safe all the same. */
  warnings: string[];
}

/**
 * Saves a checkpoint in the folder `directory` (made if needed), replacing one of the same step.
 * @throws CheckpointError when it cannot be written; earlier checkpoints are as they were
 */
export async function saveCheckpoint(
  directory: string,
  step: number,
  contents: CheckpointContents,
  { keep = 3, best }: SaveOptions = {},
): Promise<SavedCheckpoint> {
  const name = checkpointName(step);
  selectKept([], { keep, best }); // options out of range are found before anything is written
  const temporary = temporaryPath(directory, name);
  try {
    await mkdir(directory, { recursive: true });
    await cleanLeftovers(directory);
    await writeFolder(temporary, step, contents);
    await putInPlace(directory, name, temporary);
  } catch (cause) {
    const message = `saveCheckpoint: step ${step} cannot be saved in ${directory}: ${reasonOf(cause)}; earlier checkpoints are untouched`;
    throw new CheckpointError(message, { cause });
  } finally {
    // After a success there is nothing left under this name; after a failure its removal may fail too.
    await release(temporary).catch(() => {});
  }
  return { path: join(directory, name), ...(await prune(directory, keep, best)) };
}

async function writeFolder(
  path: string,
  step: number,
  { tensors, optimizer, metrics = {}, meta = null }: CheckpointContents,
): Promise<void> {
  await mkdir(path);
  const files: FileSum[] = [
    { name: modelFile, ...(await writeSafetensors(join(path, modelFile), tensors, { format: "pt" })) },
  ];
  if (optimizer) files.push({ name: optimizerFile, ...(await writeSafetensors(join(path, optimizerFile), optimizer)) });
  const finite = Object.fromEntries(Object.entries(metrics).filter(([, value]) => Number.isFinite(value)));
  const handle = await open(join(path, stateFile), "wx");
  try {
    await handle.writeFile(encodeState({ step, metrics: finite, meta, files }));
    await handle.sync();
  } finally {
    await handle.close();
  }
  await syncFolder(path);
}

/** A folder cannot be renamed onto another, so an earlier one of the same step steps aside, under a name that is still found. */
async function putInPlace(directory: string, name: string, temporary: string): Promise<void> {
  const path = join(directory, name);
  const replaces = await stat(path).then(
    () => true,
    () => false,
  );
  if (replaces) await rename(path, `${path}${oldSuffix}`);
  await rename(temporary, path);
  await syncFolder(directory);
}

async function prune(directory: string, keep: number, best?: BestBy): Promise<Omit<SavedCheckpoint, "path">> {
  const leftovers = await cleanLeftovers(directory);
  const { checkpoints, warnings } = await listCheckpoints(directory);
  const kept = selectKept(checkpoints, { keep, best });
  const removed: string[] = [];
  for (const { step, path } of checkpoints) {
    if (kept.has(step)) continue;
    try {
      await removeCheckpoint(directory, basename(path));
      removed.push(path);
    } catch (error) {
      warnings.push(`${path}: cannot be removed: ${reasonOf(error)}`);
    }
  }
  return { removed, warnings: [...leftovers, ...warnings] };
}

/** Makes the names in a folder survive a power failure. Windows cannot sync a folder, and does not need to. */
async function syncFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
