// Fine-tuning on conversations: all parameters, or LoRA's adapters over frozen ones.

import { existsSync } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AdamW } from "@llm/adamw";
import { causalLmLoss } from "@llm/causal-lm";
import { applyLora, mergeLora, toPeftConfig } from "@llm/lora";
import type { NamedParameters } from "@llm/module";
import type { PackedSequence } from "@llm/packing";
import { Random } from "@llm/random";
import { writeSafetensors } from "@llm/safetensors/node";
import { type Scalar, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { type FinetuneConfig, finetuneSchema } from "../config/schema.js";
import { say, short } from "../ui/progress.js";
import {
  type ConversationBatch,
  conversationBatch,
  loadConversations,
  packConversations,
  prefixMask,
  rowsAt,
} from "./conversations.js";
import { createRun, type RunPaths, runPaths, writeJson } from "./directory.js";
import { runLoop } from "./loop.js";
import {
  type AnyModel,
  type Architecture,
  asLanguageModel,
  type LanguageModel,
  packingOf,
  readsPrefix,
} from "./model.js";
import { type RunResult, resumedConfig } from "./pretrain.js";
import { ADAPTER_CONFIG, loadSaved, type SavedModel } from "./saved.js";
import { toStored } from "./tensors.js";

/** Starts a fine-tuning run in a new folder, which needs nothing of the base run later. */
export async function finetune(config: FinetuneConfig, out: string): Promise<RunResult> {
  const base = await loadSaved(config.base);
  packingOf(base.architecture);
  const paths = await createRun(out);
  await copyFile(base.paths.tokenizer, paths.tokenizer);
  await copyFile(base.paths.architecture, paths.architecture);
  await writeFile(paths.metrics, "");
  if (base.adapted) mergeLora(base.model);
  // The weights under the adapters, or those that all steps start from.
  await writeSafetensors(paths.base, await toStored(base.model.namedParameters()));
  await writeJson(paths.run, config);
  return loop(paths, config, base, false);
}

/** Goes on with a fine-tuning run. */
export async function resumeFinetuning(out: string, given: Record<string, unknown>): Promise<RunResult> {
  const paths = runPaths(out);
  const config = await resumedConfig(paths, given, finetuneSchema);
  return loop(paths, config, await loadSaved(out, "base"), true);
}

/**
 * The mean loss of the answers in a batch. A model that has learned to read what is given in both directions reads each
 * conversation so, up to its first answer.
 */
export function answerLoss(model: LanguageModel, architecture: Architecture): (batch: ConversationBatch) => Scalar {
  const prefix = readsPrefix(architecture);
  return (conversations) =>
    tidy(() => {
      const { inputs, targets, segments, batch, context } = conversations;
      const rows = Array.from({ length: batch }, (_, i) => segments.subarray(i * context, (i + 1) * context));
      const seen = prefix ? { mask: prefixMask(conversations) } : { segments: rows };
      const logits = model.forward(tensor2d(inputs, [batch, context], "int32"), seen);
      return causalLmLoss(logits, tensor2d(targets, [batch, context], "int32")) as Scalar;
    });
}

/** Number of targets that count. */
export const answerWeight = ({ targets }: ConversationBatch): number =>
  targets.reduce((n, target) => n + (target >= 0 ? 1 : 0), 0);

async function loop(
  paths: RunPaths,
  config: FinetuneConfig,
  { model, tokenizer, architecture }: SavedModel,
  resume: boolean,
): Promise<RunResult> {
  const { batch, accumulate, seed, beta1, beta2, weightDecay, format } = config;
  const context = Math.min(config.context ?? model.maxLength, model.maxLength);
  const { train, heldOut } = await loadConversations(config);
  const strategy = packingOf(architecture);
  const pack = { tokenizer, format, context, strategy } as const;
  const [trainRows, heldOutRows] = [packConversations(train, pack), packConversations(heldOut, pack)];
  const skipped = trainRows.skipped + heldOutRows.skipped;
  if (skipped > 0) say(`${skipped} conversations are longer than ${context} tokens and are left out`);
  const parameters = await trainedParameters(model, config, paths, resume);
  const count = [...parameters.values()].reduce((sum, { size }) => sum + size, 0);
  say(
    `${config.method}: ${short(count)} of ${short(model.parameterCount())} parameters learn from ${train.length} conversations, ${heldOut.length} are held out`,
  );
  const optimizer = new AdamW(parameters, { beta1, beta2, weightDecay });
  try {
    const result = await runLoop({
      paths,
      config,
      title: `${config.method} · ${short(count)} parameters`,
      model,
      parameters,
      optimizer,
      batchAt: (step, micro) =>
        conversationBatch(rowsAt(trainRows.rows, { step: step * accumulate + micro, batch, seed })),
      loss: answerLoss(asLanguageModel(model, architecture), architecture),
      weight: answerWeight,
      tokensPerStep: batch * context * accumulate,
      heldOut: { batches: () => batchesOf(heldOutRows.rows, batch) },
      resume,
    });
    return { ...result, run: paths.root, parameters: count };
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}

/** All of the model's parameters, or those of freshly made adapters. */
async function trainedParameters(
  model: AnyModel,
  config: FinetuneConfig,
  paths: RunPaths,
  resume: boolean,
): Promise<NamedParameters> {
  if (config.method === "full") return model.namedParameters();
  const { rank, alpha, targets, loraDropout, seed } = config;
  const [only] = targets;
  const handle = applyLora(model, {
    rank,
    alpha,
    targets: targets.length === 1 && only === "all-linear" ? "all-linear" : targets,
    dropout: loraDropout,
    random: new Random(seed).fork("lora"),
  });
  if (!resume || !existsSync(join(paths.root, ADAPTER_CONFIG)))
    await writeJson(join(paths.root, ADAPTER_CONFIG), toPeftConfig(handle.config));
  return handle.parameters;
}

/** The rows in batches, the last one smaller. */
export function* batchesOf(rows: readonly PackedSequence[], batch: number): Generator<ConversationBatch> {
  for (let i = 0; i < rows.length; i += batch) yield conversationBatch(rows.slice(i, i + batch));
}
