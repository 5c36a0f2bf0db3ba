// The sizes of the demo: minutes on two cores.

import type { FinetuneConfig, PretrainConfig } from "../config/schema.js";

const shared: Partial<PretrainConfig> = {
  vocab: 2048,
  model: "llama",
  context: 128,
  batch: 8,
  minLearningRate: 2e-4,
  warmup: 30,
  samplePrompt: "interface ",
  evalTokens: 16_000,
};

const small: Partial<PretrainConfig> = {
  ...shared,
  layers: 4,
  heads: 4,
  kvHeads: 2,
  dim: 128,
  steps: 330,
  learningRate: 4e-3,
  evalEvery: 110,
  checkpointEvery: 110,
  sampleEvery: 165,
};

const large: Partial<PretrainConfig> = {
  ...shared,
  layers: 6,
  heads: 8,
  kvHeads: 4,
  dim: 256,
  steps: 400,
  learningRate: 1.5e-3,
  evalEvery: 100,
  checkpointEvery: 100,
  sampleEvery: 200,
};

/** What is trained in minutes on that backend: native manages a model five times as large. */
export function demoPretraining(backend: string): Partial<PretrainConfig> {
  return backend === "native" ? large : small;
}

export const demoFinetuning: Partial<FinetuneConfig> = {
  method: "lora",
  rank: 16,
  alpha: 32,
  steps: 90,
  batch: 8,
  learningRate: 5e-3,
  minLearningRate: 5e-4,
  evalEvery: 30,
  checkpointEvery: 30,
};

/** `--quick`: enough to see that everything works. */
export const quick = { steps: 12, evalEvery: 6, checkpointEvery: 6, evalTokens: 2000, batch: 4 };
