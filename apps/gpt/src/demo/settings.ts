// The sizes of the demo: minutes on two cores.

import type { FinetuneConfig, PretrainConfig } from "../config/schema.js";

export const demoPretraining: Partial<PretrainConfig> = {
  vocab: 2048,
  model: "llama",
  layers: 6,
  heads: 8,
  kvHeads: 4,
  dim: 256,
  context: 128,
  batch: 8,
  steps: 400,
  learningRate: 1.5e-3,
  minLearningRate: 2e-4,
  warmup: 30,
  evalEvery: 100,
  checkpointEvery: 100,
  sampleEvery: 200,
  samplePrompt: "interface ",
  evalTokens: 16_000,
};

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
