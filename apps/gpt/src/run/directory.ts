// What lies where in a run's folder.

import { existsSync, readdirSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../ui/error.js";

/** The files of a run. */
export interface RunPaths {
  root: string;
  /** Resolved settings; `--config` takes it again. */
  run: string;
  /** The architecture, as Hugging Face's config.json. */
  architecture: string;
  tokenizer: string;
  data: string;
  checkpoints: string;
  metrics: string;
  report: string;
  /** Weights under the adapters of a LoRA run. */
  base: string;
}

/** The paths inside a run's folder. */
export function runPaths(root: string): RunPaths {
  return {
    root,
    run: join(root, "run.json"),
    architecture: join(root, "config.json"),
    tokenizer: join(root, "tokenizer.json"),
    data: join(root, "data"),
    checkpoints: join(root, "checkpoints"),
    metrics: join(root, "metrics.jsonl"),
    report: join(root, "report.html"),
    base: join(root, "base.safetensors"),
  };
}

/**
 * Makes the folder of a new run.
 * @throws UserError when there is something in it already: nothing is ever overwritten
 */
export async function createRun(root: string): Promise<RunPaths> {
  if (existsSync(root) && readdirSync(root).length > 0) {
    const hint = existsSync(join(root, "run.json"))
      ? "use --resume to go on with that run, or another --out"
      : "use another --out";
    throw new UserError(`${root} is not empty; ${hint}`);
  }
  await mkdir(root, { recursive: true });
  return runPaths(root);
}

/** Writes JSON so that a crash leaves the old file or the new one. */
export async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFile(`${path}.tmp`, `${JSON.stringify(value, null, 2)}\n`);
  await rename(`${path}.tmp`, path);
}

/**
 * Reads a JSON file.
 * @throws UserError naming the file when it is missing or damaged
 */
export async function readJson<T>(path: string, what: string): Promise<T> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new UserError(`there is no ${what} at ${path}`);
  });
  try {
    return JSON.parse(text) as T;
  } catch (error) {
    throw new UserError(`${path} is damaged: ${(error as Error).message}`);
  }
}
