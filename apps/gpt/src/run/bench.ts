// `llm bench train`: whole training steps on random tokens, timed.

import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { AdamW } from "@llm/adamw";
import { Random } from "@llm/random";
import { trainTokenizer } from "@llm/tokenizer";
import { trainStep } from "@llm/trainer";
import { memory } from "@tensorflow/tfjs-core";
import type { ModelConfig, OptimizationConfig } from "../config/schema.js";
import { progress, short } from "../ui/progress.js";
import { architectureOf, modelFromArchitecture, taskOf } from "./model.js";

/** What `llm bench train --json` prints. */
export interface BenchResult {
  backend: string;
  precision: string;
  parameters: number;
  msPerStep: { min: number; median: number; max: number };
  tokensPerSecond: number;
  flopsPerSecond: number;
  peakRssBytes: number;
  /** What the second half of the steps added: 0 tensors, and bytes within what a garbage collector leaves lying. */
  growth: { tensors: number; rssBytes: number };
}

/**
 * Steps before those that count: at least the first number, then up to the second within so many milliseconds. V8 goes on
 * compiling for about a hundred steps, on threads that take a core from ours.
 */
const WARMUP = { least: 3, most: 100, milliseconds: 4000 };

/** Times `steps` steps after a warm-up, whose end `onWarm` is told: forward, backward, clip, AdamW. */
export async function benchTraining(
  config: ModelConfig & Pick<OptimizationConfig, "batch" | "steps" | "precision"> & { vocab: number; backend: string },
  { onWarm = () => {} }: { onWarm?: () => void } = {},
): Promise<BenchResult> {
  const { batch, vocab, context, steps, precision } = config;
  const tokenizer = await trainTokenizer([alphabet(vocab)], { kind: "char" });
  const architecture = architectureOf(config, tokenizer);
  const model = modelFromArchitecture(architecture, 1);
  const task = taskOf(model, architecture, { tokenizer, context, seed: 1 });
  const parameters = model.namedParameters();
  const optimizer = new AdamW(parameters, { weightDecay: 0.1 });
  const random = new Random(1);
  const row = (): Int32Array =>
    Int32Array.from({ length: task.textLength + (task.next ? 1 : 0) }, () => random.integer(vocab));
  const bar = progress("bench", steps);
  const times: number[] = [];
  let halfway = held();
  const timedStep = async (step: number): Promise<number> => {
    const rows = Array.from({ length: batch }, row);
    const batches = [task.batch({ rows, step, firstRow: 0 })];
    const began = performance.now();
    await trainStep({
      parameters,
      optimizer,
      loss: task.loss,
      weight: task.weight,
      batches,
      learningRate: 1e-3,
      clip: 1,
      precision,
      random,
    });
    return performance.now() - began;
  };
  let warm = 0;
  for (let spent = 0; warm < WARMUP.least || (warm < WARMUP.most && spent < WARMUP.milliseconds); warm++) {
    spent += await timedStep(warm);
  }
  onWarm();
  for (let step = 0; step < steps; step++) {
    const took = await timedStep(warm + step);
    times.push(took);
    if (step === steps >> 1) halfway = held();
    bar.update(step + 1, `${took.toFixed(1)} ms`);
  }
  bar.stop();
  times.sort((a, b) => a - b);
  const median = times[times.length >> 1] as number;
  const perSecond = (1000 / median) * batch * context;
  const result = {
    backend: config.backend,
    precision,
    parameters: model.parameterCount(),
    msPerStep: { min: times[0] as number, median, max: times.at(-1) as number },
    tokensPerSecond: perSecond,
    flopsPerSecond: perSecond * flopsPerToken(model.parameterCount(), config),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    growth: { tensors: held().tensors - halfway.tensors, rssBytes: held().rssBytes - halfway.rssBytes },
  };
  optimizer.dispose();
  model.dispose();
  return result;
}

/** A text of so many different characters. */
function alphabet(size: number): string {
  return Array.from({ length: size }, (_, i) => String.fromCodePoint(0x20000 + i)).join("");
}

/** Tensors and resident memory now, without what a garbage collection would free. */
function held(): { tensors: number; rssBytes: number } {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return { tensors: memory().numTensors, rssBytes: process.memoryUsage.rss() };
}

/** PaLM's estimate (arXiv:2204.02311, appendix B): 6 N for the weights and 12 L·D·T for attention. */
function flopsPerToken(parameters: number, { layers, dim, context }: ModelConfig): number {
  return 6 * parameters + 12 * layers * dim * context;
}

/** The result for people. */
export function describeBench({
  backend,
  precision,
  parameters,
  msPerStep,
  tokensPerSecond,
  flopsPerSecond,
  peakRssBytes,
}: BenchResult): string {
  const { min, median, max } = msPerStep;
  return [
    `${backend}, ${precision}, ${short(parameters)} parameters`,
    `step   ${median.toFixed(1)} ms (min ${min.toFixed(1)}, max ${max.toFixed(1)})`,
    `speed  ${short(tokensPerSecond)} tokens/s, ${short(flopsPerSecond)}FLOP/s`,
    `memory ${short(peakRssBytes)}B at most`,
  ].join("\n");
}
