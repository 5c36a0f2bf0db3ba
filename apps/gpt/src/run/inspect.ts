// `llm inspect`: what is in a file or folder of weights, without reading the weights.

import { existsSync, statSync } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { latestCheckpoint } from "@llm/checkpoint/node";
import type { MetadataValue } from "@llm/gguf";
import { readGGUF } from "@llm/gguf/node";
import { openHuggingFace } from "@llm/huggingface/node";
import { readSafetensors } from "@llm/safetensors/node";
import { UserError } from "../ui/error.js";

/** One tensor. */
export interface InspectedTensor {
  name: string;
  dtype: string;
  shape: readonly number[];
  bytes: number;
}

/** What was found. */
export interface Inspection {
  path: string;
  format: "safetensors" | "gguf" | "huggingface" | "run";
  /** What the file says of itself; long lists are counted. */
  metadata: Record<string, unknown>;
  tensors: InspectedTensor[];
  parameters: number;
  bytes: number;
}

/**
 * Looks at a .safetensors file, a .gguf file, a Hugging Face folder or a run.
 * @throws UserError when it is none of these; the readers' errors for a damaged one
 */
export async function inspect(path: string): Promise<Inspection> {
  if (!existsSync(path)) throw new UserError(`there is no ${path}`);
  if (statSync(path).isDirectory()) {
    return existsSync(join(path, "run.json")) ? inspectRun(path) : inspectFolder(path);
  }
  // By what is in it: names can be anything.
  const handle = await open(path, "r");
  const { buffer } = await handle.read(new Uint8Array(4), 0, 4, 0).finally(() => handle.close());
  return new TextDecoder().decode(buffer) === "GGUF" ? inspectGGUF(path) : inspectSafetensors(path);
}

async function inspectSafetensors(path: string): Promise<Inspection> {
  const file = await readSafetensors(path);
  await file.close();
  return summed(path, "safetensors", file.metadata, file.tensors);
}

async function inspectGGUF(path: string): Promise<Inspection> {
  const file = await readGGUF(path);
  await file.close();
  const metadata = Object.fromEntries([...file.metadata].map(([key, value]) => [key, shown(value)]));
  return summed(path, "gguf", { version: file.version, ...metadata }, file.tensors);
}

async function inspectFolder(path: string): Promise<Inspection> {
  const model = await openHuggingFace(path);
  await model.close();
  return summed(path, "huggingface", model.config, model.tensors);
}

async function inspectRun(path: string): Promise<Inspection> {
  const { checkpoint } = await latestCheckpoint(join(path, "checkpoints"));
  const config: unknown = JSON.parse(await readFile(join(path, "config.json"), "utf8"));
  const weights = checkpoint ? join(checkpoint.path, "model.safetensors") : join(path, "base.safetensors");
  if (!existsSync(weights)) throw new UserError(`${path} holds no weights yet; let the run reach a checkpoint`);
  const { tensors } = await inspectSafetensors(weights);
  const about = { ...(config as object), ...(checkpoint && { checkpoint: basename(checkpoint.path) }) };
  return total({ path, format: "run", metadata: about, tensors });
}

type Places = ReadonlyMap<string, { dtype: string; shape: readonly number[]; begin: number; end: number }>;

function summed(
  path: string,
  format: Inspection["format"],
  metadata: Readonly<Record<string, unknown>>,
  places: Places,
): Inspection {
  const tensors = [...places].map(([name, { dtype, shape, begin, end }]) => ({
    name,
    dtype,
    shape,
    bytes: end - begin,
  }));
  tensors.sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
  return total({ path, format, metadata, tensors });
}

function total(found: Omit<Inspection, "parameters" | "bytes">): Inspection {
  const parameters = found.tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return { ...found, parameters, bytes: found.tensors.reduce((sum, { bytes }) => sum + bytes, 0) };
}

function shown(value: MetadataValue): unknown {
  if (value.type === "array") return `${value.value.length} × ${value.of}`;
  if (typeof value.value === "bigint") return String(value.value);
  return typeof value.value === "string" && value.value.length > 200 ? `${value.value.length} characters` : value.value;
}
