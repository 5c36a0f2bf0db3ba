// Pretraining: text → tokenizer → shards → model → loop.

import { existsSync } from "node:fs";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { AdamW } from "@llm/adamw";
import { shrinkEmbeddingGradient } from "@llm/stability";
import { type Tokenizer, TokenizerError } from "@llm/tokenizer";
import type { z } from "zod";
import { resolveConfig } from "../config/resolve.js";
import { type PretrainConfig, pretrainSchema } from "../config/schema.js";
import { objectiveOf } from "../families/families.js";
import type { Writer } from "../families/family.js";
import { UserError } from "../ui/error.js";
import { say, short } from "../ui/progress.js";
import { heldOutText, trainingBatches } from "./batches.js";
import { createRun, type RunPaths, readJson, runPaths, writeJson } from "./directory.js";
import { type LoopResult, runLoop } from "./loop.js";
import {
  type AnyModel,
  type Architecture,
  architectureOf,
  learningOf,
  modelFromArchitecture,
  taskOf,
  writerOf,
} from "./model.js";
import { collectText, writeText } from "./sample-text.js";
import { spikesOf } from "./spikes.js";
import { trainOnData } from "./tokenizer.js";
import { readTokenizer } from "./tokenizer-files.js";
import { isPrepared, openTokens, type Tokens, tokenizeData } from "./tokens.js";

/** How a run ended, and where it is. */
export interface RunResult extends LoopResult {
  run: string;
  parameters: number;
}

/** Starts a run in a new folder. */
export async function pretrain(given: PretrainConfig, out: string): Promise<RunResult> {
  const config = { ...given, objective: learningOf(given).name };
  const paths = await createRun(out);
  const { tokenizer, tokens } = await prepare(config, paths);
  const architecture = architectureOf(config, tokenizer);
  await writeJson(paths.architecture, architecture);
  await writeFile(paths.metrics, "");
  // Written last: a folder with run.json is a run that --resume can go on with.
  await writeJson(paths.run, config);
  return loop(paths, config, { tokenizer, tokens, architecture }, false);
}

/** Settings that may change when a run goes on; all others would make it another run. */
const changeable = [
  "steps",
  "evalEvery",
  "evalTokens",
  "checkpointEvery",
  "keep",
  "sampleEvery",
  "samplePrompt",
  "backend",
];

/**
 * Goes on with a run from its newest checkpoint.
 * @throws UserError when a given setting would make it another run
 */
export async function resumePretraining(out: string, given: Record<string, unknown>): Promise<RunResult> {
  const paths = runPaths(out);
  const config = await resumedConfig(paths, given, pretrainSchema);
  const tokenizer = await readTokenizer(paths.tokenizer);
  const architecture = await readJson<Architecture>(paths.architecture, "model");
  const tokens = openTokens(existsSync(paths.data) ? paths.data : (config.data[0] as string));
  return loop(paths, config, { tokenizer, tokens, architecture }, true);
}

/** The settings of a run, with what may change changed. */
export async function resumedConfig<S extends z.ZodObject>(
  paths: RunPaths,
  given: Record<string, unknown>,
  schema: S,
): Promise<z.infer<S>> {
  if (!existsSync(paths.run)) throw new UserError(`there is no run to resume in ${paths.root}`);
  const before = await readJson<Record<string, unknown>>(paths.run, "settings");
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || changeable.includes(key) || JSON.stringify(value) === JSON.stringify(before[key]))
      continue;
    throw new UserError(
      `${key} cannot change when a run is resumed: it is ${JSON.stringify(before[key])}, got ${JSON.stringify(value)}`,
    );
  }
  const config = resolveConfig(schema, [
    [paths.run, before],
    ["flags", given],
  ]);
  await writeJson(paths.run, config);
  return config;
}

async function prepare(config: PretrainConfig, paths: RunPaths): Promise<{ tokenizer: Tokenizer; tokens: Tokens }> {
  const { data, field, validation, validationData, vocab, tokenizer: kind } = config;
  const [folder] = data as [string];
  if (data.length === 1 && isPrepared(folder)) {
    const tokenizer = await readTokenizer(join(folder, "tokenizer.json"));
    await copyFile(join(folder, "tokenizer.json"), paths.tokenizer);
    return { tokenizer, tokens: openTokens(folder) };
  }
  const tokenizer =
    kind === "bpe" || kind === "char"
      ? await trainOnData({ kind, data, field, vocab, special: learningOf(config).specialTokens })
      : await readTokenizer(kind);
  await writeJson(paths.tokenizer, tokenizer);
  return {
    tokenizer,
    tokens: await tokenizeData({ data, field, validation, validationData, tokenizer, out: paths.data }),
  };
}

async function loop(
  paths: RunPaths,
  config: PretrainConfig,
  { tokenizer, tokens, architecture }: { tokenizer: Tokenizer; tokens: Tokens; architecture: Architecture },
  resume: boolean,
): Promise<RunResult> {
  const { batch, context, accumulate, order, seed, beta1, beta2, weightDecay, evalTokens, samplePrompt } = config;
  const model = modelFromArchitecture(architecture, seed);
  const task = taskOf(model, architecture, { tokenizer, context, seed, zLoss: config.zLoss });
  if (config.embeddingShrink < 1) shrinkEmbeddingGradient(model, { alpha: config.embeddingShrink });
  const parameters = model.namedParameters();
  const optimizer = new AdamW(parameters, { beta1, beta2, weightDecay });
  const count = model.parameterCount();
  say(
    `${config.model}, ${task.objective}: ${short(count)} parameters, ${short(tokens.train.length)} training tokens, ${short(tokens.validation.length)} held out`,
  );
  const prompt = promptOf(tokenizer, samplePrompt, tokens);
  try {
    const result = await runLoop({
      paths,
      config,
      title: `${config.model} · ${short(count)} parameters`,
      model,
      parameters,
      optimizer,
      batchAt: trainingBatches(task, tokens.train, { batch, accumulate, order, seed }),
      loss: task.loss,
      weight: task.weight,
      tokensPerStep: batch * context * accumulate,
      heldOut: heldOutText(task, tokens.validation, { batch, limit: evalTokens }),
      sample: objectiveOf(architecture).writer && (() => sampleText(model, architecture, { tokenizer, prompt, seed })),
      spikes: spikesOf(config),
      resume,
    });
    return { ...result, run: paths.root, parameters: count };
  } finally {
    optimizer.dispose();
    model.dispose();
  }
}

/** The prompt and what the model writes after it. */
async function sampleText(
  model: AnyModel,
  architecture: Architecture,
  { tokenizer, prompt, seed }: { tokenizer: Tokenizer; prompt: number[]; seed: number },
): Promise<string> {
  const writer = writerOf(model, architecture, { tokenizer, ids: prompt }) as Writer;
  try {
    const options = { maxTokens: 120, temperature: 0.8, topK: 50, seed };
    return tokenizer.decode(prompt) + (await collectText(writeText(writer, tokenizer, options)));
  } finally {
    writer.dispose?.();
  }
}

/** The prompt's ids; where the vocabulary cannot say it, the first token of the held-out text. */
function promptOf(tokenizer: Tokenizer, prompt: string, { validation }: Tokens): number[] {
  try {
    const ids = tokenizer.encode(prompt, { disallowedSpecial: "text" });
    if (ids.length > 0) return ids;
  } catch (error) {
    if (!(error instanceof TokenizerError)) throw error;
  }
  return [...validation.read(0, 1)];
}
