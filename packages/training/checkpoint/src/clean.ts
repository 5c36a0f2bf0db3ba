// Removes what dead processes left half-written, in one checkpoints folder and nowhere else.

import { readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { reasonOf } from "./error.js";
import { oldSuffix } from "./find.js";
import { parseCheckpointName } from "./name.js";

/** Folders that this process is writing now. */
const active = new Set<string>();
let counter = 0;

/** A name in `directory` for a folder that is not a checkpoint yet, or no longer; hand it to `release` at the end. */
export function temporaryPath(directory: string, name: string): string {
  const path = join(directory, `${name}.tmp-${process.pid}-${counter++}`);
  active.add(path);
  return path;
}

/** Removes the folder if it is still there. */
export async function release(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  active.delete(path);
}

/** Removes a checkpoint in two steps, so that one half removed is never taken for a whole one. */
export async function removeCheckpoint(directory: string, name: string): Promise<void> {
  const temporary = temporaryPath(directory, name);
  await rename(join(directory, name), temporary);
  await release(temporary);
}

/**
 * Removes temporary folders of processes that no longer run, and replaced checkpoints whose successor is in place.
 * Returns a sentence for each that could not be removed.
 */
export async function cleanLeftovers(directory: string): Promise<string[]> {
  const names = await readdir(directory);
  const warnings: string[] = [];
  for (const name of names) {
    const path = join(directory, name);
    try {
      if (isLeftover(name) && !active.has(path)) await rm(path, { recursive: true, force: true });
      if (isReplaced(name, names)) await removeCheckpoint(directory, name);
    } catch (error) {
      warnings.push(`${path}: cannot be removed: ${reasonOf(error)}`);
    }
  }
  return warnings;
}

function isLeftover(name: string): boolean {
  const [, checkpoint = "", pid] = /^(step-\d+)(?:\.old)?\.tmp-(\d+)-\d+$/.exec(name) ?? [];
  return parseCheckpointName(checkpoint) !== undefined && !isOther(Number(pid));
}

function isReplaced(name: string, names: string[]): boolean {
  const successor = name.slice(0, -oldSuffix.length);
  return name.endsWith(oldSuffix) && parseCheckpointName(successor) !== undefined && names.includes(successor);
}

/** Whether another process of that id runs. Our own id without being active is one of a dead process in a container. */
function isOther(pid: number): boolean {
  if (pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Not ours to signal, but there.
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
