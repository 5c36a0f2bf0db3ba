// A trained model as others left it: a run's folder, or a Hugging Face folder.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { applyLora, fromPeftConfig } from "@llm/lora";
import { type Bits, quantizeLinears } from "@llm/quantized-linear";
import type { StoredTensor } from "@llm/safetensors";
import { readSafetensors } from "@llm/safetensors/node";
import type { ChatFormatName } from "@llm/sft";
import type { Tokenizer } from "@llm/tokenizer";
import { UserError } from "../ui/error.js";
import { say } from "../ui/progress.js";
import { assign, readWeights } from "./checkpoints.js";
import { type RunPaths, readJson, runPaths } from "./directory.js";
import { loadHuggingFace } from "./load.js";
import type { AnyModel, Architecture } from "./model.js";
import { readTokenizer } from "./tokenizer-files.js";
import { unsetModel } from "./unset.js";

/** The adapter's settings, beside a LoRA run's checkpoints. */
export const ADAPTER_CONFIG = "adapter_config.json";

/** A model ready to use, in evaluation mode. */
export interface SavedModel {
  model: AnyModel;
  tokenizer: Tokenizer;
  architecture: Architecture;
  /** The chat format it was fine-tuned with. */
  format?: ChatFormatName;
  /** Whether adapters sit in the model. */
  adapted: boolean;
  /** Step of the checkpoint, in a run. */
  step?: number;
  paths: RunPaths;
}

/**
 * `loadSaved`, then the linear layers in so many bits.
 *
 * @throws UserError for a model with adapters, which sit on whole weights
 */
export async function loadForUse(folder: string, which: "best" | "latest", bits?: Bits): Promise<SavedModel> {
  const saved = await loadSaved(folder, which);
  if (bits === undefined) return saved;
  if (saved.adapted) {
    saved.model.dispose();
    throw new UserError(
      `${folder} has adapters: write them into the weights with \`llm export\`, and use that with --bits`,
    );
  }
  const layers = await quantizeLinears(saved.model, bits);
  if (layers.length === 0) {
    saved.model.dispose();
    throw new UserError(
      `${folder} has no layer to quantize: blocks are 32 inputs, and none of its layers has whole ones`,
    );
  }
  say(`${layers.length} ${layers.length === 1 ? "layer" : "layers"} in ${bits} bits`);
  return saved;
}

/**
 * Loads a run or a Hugging Face folder.
 *
 * @param which of a run: its best checkpoint, the newest, or (of a fine-tuning run) the weights it started from
 * @throws UserError naming what is missing
 */
export async function loadSaved(folder: string, which: "best" | "latest" | "base" = "best"): Promise<SavedModel> {
  if (!existsSync(folder)) throw new UserError(`there is no folder ${folder}`);
  const paths = runPaths(folder);
  if (!existsSync(paths.run)) {
    const { model, architecture } = await loadHuggingFace(folder);
    const tokenizer = await readTokenizer(paths.tokenizer);
    return { model: model.eval(), tokenizer, architecture, adapted: false, paths };
  }
  const architecture = await readJson<Architecture>(paths.architecture, "model");
  const tokenizer = await readTokenizer(paths.tokenizer);
  const model = unsetModel(architecture);
  try {
    const run = await readJson<{ format?: ChatFormatName }>(paths.run, "settings");
    if (which === "base") {
      assign(model.namedParameters(), await readAll(paths.base), paths.base);
      return { model, tokenizer, architecture, format: run.format, adapted: false, paths };
    }
    const { step, tensors } = await readWeights(paths.checkpoints, which);
    const adapted = existsSync(join(folder, ADAPTER_CONFIG));
    if (adapted) await loadAdapted(model, paths, tensors);
    else assign(model.namedParameters(), tensors, paths.checkpoints);
    return { model: model.eval(), tokenizer, architecture, format: run.format, adapted, step, paths };
  } catch (error) {
    model.dispose();
    throw error;
  }
}

async function loadAdapted(model: AnyModel, paths: RunPaths, adapter: Map<string, StoredTensor>): Promise<void> {
  assign(model.namedParameters(), await readAll(paths.base), paths.base);
  const config = fromPeftConfig(await readJson(join(paths.root, ADAPTER_CONFIG), "adapter"));
  const handle = applyLora(model, config);
  assign(handle.parameters, adapter, paths.checkpoints);
}

/** All tensors of a safetensors file. */
export async function readAll(path: string): Promise<Map<string, StoredTensor>> {
  const file = await readSafetensors(path);
  try {
    return await file.readAll();
  } finally {
    await file.close();
  }
}
