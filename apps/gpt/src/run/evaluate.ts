// `llm eval`: loss, perplexity and bits per byte of a run on its held-out text, or on any text.

import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bitsPerByte, perplexity } from "@llm/causal-lm";
import type { TokenSource } from "@llm/dataloader";
import type { Bits } from "@llm/quantized-linear";
import { evaluate } from "@llm/trainer";
import type { FinetuneConfig } from "../config/schema.js";
import { UserError } from "../ui/error.js";
import { heldOutText } from "./batches.js";
import { loadConversations, packConversations } from "./conversations.js";
import { readJson } from "./directory.js";
import { answerLoss, answerWeight, batchesOf } from "./finetune.js";
import { asLanguageModel, packingOf, taskOf } from "./model.js";
import { loadForUse, type SavedModel } from "./saved.js";
import { isPrepared, openTokens, tokenizeData } from "./tokens.js";

/** What `llm eval` prints. */
export interface Evaluation {
  loss: number;
  perplexity: number;
  /** Absent for a fine-tuning run, whose answers are too short to measure so. */
  bitsPerByte?: number;
  tokens: number;
  step?: number;
}

/** What is evaluated. */
export interface EvaluateOptions {
  /** A run or a Hugging Face folder. */
  run: string;
  /** Text to evaluate on; default: what the run held out. */
  data?: string[];
  field?: string;
  /** Upper limit of tokens; default all. */
  tokens?: number;
  batch: number;
  checkpoint: "best" | "latest";
  /** Bits of the linear layers' weights; default: as they are. */
  bits?: Bits;
}

/** Evaluates a model on held-out or given text. */
export async function evaluateRun({
  run,
  data,
  field,
  tokens = Number.POSITIVE_INFINITY,
  batch,
  checkpoint,
  bits,
}: EvaluateOptions): Promise<Evaluation> {
  const saved = await loadForUse(run, checkpoint, bits);
  const temporary = await mkdtemp(join(tmpdir(), "llm-eval-"));
  try {
    if (!data && existsSync(saved.paths.base)) return await evaluateAnswers(saved, batch);
    const source = await textOf(saved, temporary, data, field);
    const { model, architecture, tokenizer } = saved;
    const task = taskOf(model, architecture, { tokenizer, context: model.maxLength, seed: await seedOf(saved) });
    const { batches, bytes } = heldOutText(task, source, { batch, limit: tokens });
    const { loss, count } = await evaluate({ batches: batches(), loss: task.loss, weight: task.weight });
    return {
      loss,
      perplexity: perplexity(loss),
      ...(bytes && { bitsPerByte: bitsPerByte({ nats: loss * count, bytes }) }),
      tokens: count,
      step: saved.step,
    };
  } finally {
    await rm(temporary, { recursive: true, force: true });
    saved.model.dispose();
  }
}

/** Held-out answers of a fine-tuning run. */
async function evaluateAnswers(
  { model, tokenizer, architecture, paths, step }: SavedModel,
  batch: number,
): Promise<Evaluation> {
  const config = await readJson<FinetuneConfig>(paths.run, "settings");
  const { format, context = model.maxLength } = config;
  const { heldOut } = await loadConversations(config);
  const strategy = packingOf(architecture);
  const { rows } = packConversations(heldOut, { tokenizer, format, context, strategy });
  const { loss, count } = await evaluate({
    batches: batchesOf(rows, batch),
    loss: answerLoss(asLanguageModel(model, architecture), architecture),
    weight: answerWeight,
  });
  return { loss, perplexity: perplexity(loss), tokens: count, step };
}

/** The seed of a run, by which its held-out text was masked. */
async function seedOf({ paths }: SavedModel): Promise<number> {
  return existsSync(paths.run) ? ((await readJson<{ seed?: number }>(paths.run, "settings")).seed ?? 0) : 0;
}

async function textOf(
  { paths, tokenizer }: SavedModel,
  temporary: string,
  data?: string[],
  field?: string,
): Promise<TokenSource> {
  if (data) {
    // All of the given text counts: nothing of it is training data here.
    await tokenizeData({ data, field, validation: 0, validationData: data, tokenizer, out: temporary });
    return openTokens(temporary).validation;
  }
  const prepared = isPrepared(paths.data)
    ? paths.data
    : ((await readJson<{ data?: string[] }>(paths.run, "settings")).data?.[0] ?? "");
  if (!isPrepared(prepared)) throw new UserError(`${paths.root} holds no held-out text; give some with --data`);
  return openTokens(prepared).validation;
}
