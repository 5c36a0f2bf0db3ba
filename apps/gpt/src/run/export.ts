// `llm export` and `llm import`: a model as others open it, and others' models as a folder of ours.

import { existsSync, readdirSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileType, string, tokenizerFromGGUF, tokenizerToGGUF, type WeightDtype, weightTensors } from "@llm/gguf";
import { writeGGUF } from "@llm/gguf/node";
import { writeHuggingFace } from "@llm/huggingface/node";
import { loraStateDict, mergeLora } from "@llm/lora";
import { type Dtype, fromFloat32 } from "@llm/safetensors";
import { type LazyTensor, writeSafetensors } from "@llm/safetensors/node";
import { Tokenizer } from "@llm/tokenizer";
import { streamWeights } from "@llm/weights";
import type { Tensor } from "@tensorflow/tfjs-core";
import { familyOf, objectiveOf } from "../families/families.js";
import { ggufOf } from "../families/stored.js";
import { UserError } from "../ui/error.js";
import { say } from "../ui/progress.js";
import { readJson } from "./directory.js";
import { type ForeignModel, loadGGUF, loadHuggingFace } from "./load.js";
import { huggingFaceArchitecture } from "./model.js";
import { ADAPTER_CONFIG, loadSaved } from "./saved.js";
import { toStored } from "./tensors.js";

/** How numbers may be stored; the last two in GGUF only. */
export type ExportDtype = "f32" | "f16" | "bf16" | "q8_0" | "q4_0";

/** What is exported, as what, and where to. */
export interface ExportOptions {
  run: string;
  out: string;
  format: "hf" | "gguf" | "peft";
  checkpoint: "best" | "latest";
  /** Default f32. */
  dtype?: ExportDtype;
  /** Bytes of a file from which on a Hugging Face model is split. */
  shardBytes?: number;
}

/** Writes a new folder, or a file (gguf), and returns the names. Adapters are merged into the weights. */
export async function exportRun(options: ExportOptions): Promise<string[]> {
  const { run, out, format, checkpoint, dtype = "f32" } = options;
  if (format === "hf" && dtype.startsWith("q")) throw new UserError(`${dtype} exists in GGUF only; use --format gguf`);
  requireFree(out);
  const { model, architecture, paths, adapted } = await loadSaved(run, checkpoint);
  try {
    if (format === "peft") {
      if (!adapted) throw new UserError(`${run} has no adapter; export it with --format hf`);
      await mkdir(out, { recursive: true });
      const adapter = await toStored(loraStateDict(model));
      await writeSafetensors(join(out, "adapter_model.safetensors"), adapter, { format: "pt" });
      await copyFile(join(run, ADAPTER_CONFIG), join(out, ADAPTER_CONFIG));
      await copyFile(paths.tokenizer, join(out, "tokenizer.json"));
    } else {
      if (adapted) mergeLora(model);
      const loaded = { model, architecture };
      if (format === "gguf") await toGGUFFile(loaded, paths.tokenizer, out, dtype);
      else await toFolder(loaded, paths.tokenizer, { ...options, dtype });
    }
    return format === "gguf" ? [out] : filesOf(out);
  } finally {
    model.dispose();
  }
}

/** Reads a Hugging Face folder or a GGUF file and writes a folder that `--run` and `--base` take. */
export async function importModel(source: string, options: { out: string; dtype: ExportDtype }): Promise<string[]> {
  requireFree(options.out);
  if (!existsSync(source)) throw new UserError(`there is no ${source}`);
  if (source.endsWith(".gguf")) return importGGUF(source, options);
  const { model, architecture, tokenizerPath } = await loadHuggingFace(source);
  try {
    if (!tokenizerPath) throw new UserError(`${source} has no tokenizer.json; put the model's beside its weights`);
    Tokenizer.fromJSON(await readFile(tokenizerPath, "utf8"));
    await toFolder({ model, architecture }, tokenizerPath, options);
  } finally {
    model.dispose();
  }
  return filesOf(options.out);
}

async function importGGUF(source: string, options: { out: string; dtype: ExportDtype }): Promise<string[]> {
  const temporary = await mkdtemp(join(tmpdir(), "llm-import-"));
  try {
    await loadGGUF(source, async (loaded, { metadata }) => {
      const tokenizer = JSON.stringify(tokenizerFromGGUF(metadata));
      Tokenizer.fromJSON(tokenizer);
      const path = join(temporary, "tokenizer.json");
      await writeFile(path, tokenizer);
      await toFolder(loaded, path, options);
      loaded.model.dispose();
    });
    return filesOf(options.out);
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function toFolder(
  { model, architecture }: ForeignModel,
  tokenizerPath: string,
  { out, dtype, shardBytes }: { out: string; dtype: ExportDtype; shardBytes?: number },
): Promise<void> {
  const { toHuggingFace } = familyOf(architecture);
  const stored = dtype.toUpperCase() as Extract<Dtype, "F32" | "F16" | "BF16">;
  const convert = toHuggingFace && ((state: ReadonlyMap<string, Tensor>) => toHuggingFace(state, architecture));
  const stream = streamWeights(model.namedParameters(), convert);
  const tensors = new Map(
    [...stream.tensors].map(([name, { shape, values }]) => {
      const data = async () => fromFloat32(await values(), shape, stored).data;
      return [name, { dtype: stored, shape, data } as LazyTensor];
    }),
  );
  const torch = { F32: "float32", F16: "float16", BF16: "bfloat16" }[stored];
  const config = { ...huggingFaceArchitecture(architecture), torch_dtype: torch };
  await writeHuggingFace(out, { config, tensors, tokenizerPath, ...(shardBytes && { shardBytes }) });
  stream.dispose();
}

async function toGGUFFile(
  { model, architecture }: ForeignModel,
  tokenizerPath: string,
  out: string,
  dtype: ExportDtype,
): Promise<void> {
  const gguf = ggufOf(architecture);
  const stored = dtype.toUpperCase() as WeightDtype;
  const metadata = gguf.toConfig(architecture);
  metadata.set("general.name", string("llm")).set("general.file_type", fileType(stored));
  const json = await readJson<Record<string, unknown>>(tokenizerPath, "tokenizer");
  // What a model says of its tokens goes before what its tokenizer does: T5's end stands behind the tokenizer's own.
  for (const [key, value] of tokenizerToGGUF(json, { vocabSize: model.vocabSize }))
    if (!metadata.has(key)) metadata.set(key, value);
  for (const [key, value] of (await gguf.otherToMetadata?.(model.namedParameters())) ?? []) metadata.set(key, value);
  const learning = objectiveOf(architecture);
  if (architecture.training_objective !== undefined)
    say(`GGUF has no place for what the model learned by: "${learning.name}" will be forgotten`);
  if (learning.writer && !metadata.has("tokenizer.ggml.eos_token_id"))
    say("the tokenizer has no token that ends a text: llama.cpp takes the one with id 11 for it");
  const stream = streamWeights(model.namedParameters(), (state) => gguf.toGGUF(state, architecture));
  await writeGGUF(out, metadata, weightTensors(stream.tensors, stored));
  stream.dispose();
}

function requireFree(out: string): void {
  if (!existsSync(out)) return;
  const there = out.endsWith(".gguf") ? [out] : readdirSync(out);
  if (there.length > 0)
    throw new UserError(`${out} is ${out.endsWith(".gguf") ? "there already" : "not empty"}; use another --out`);
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder)
    .sort()
    .map((name) => join(folder, name));
