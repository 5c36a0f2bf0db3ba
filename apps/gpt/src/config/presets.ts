// Named starting points for `llm pretrain --preset`.

import type { PretrainConfig } from "./schema.js";

export const presets: Record<string, Partial<PretrainConfig>> = {
  // nanoGPT's README, "I only have a macbook": its CPU recipe for a character-level model of Shakespeare.
  "nanogpt-cpu": {
    model: "gpt2",
    tokenizer: "char",
    layers: 4,
    heads: 4,
    dim: 128,
    context: 64,
    batch: 12,
    order: "random",
    dropout: 0,
    bias: false,
    steps: 2000,
    learningRate: 1e-3,
    minLearningRate: 1e-4,
    warmup: 100,
    schedule: "cosine",
    weightDecay: 0.1,
    beta1: 0.9,
    beta2: 0.99,
    clip: 1,
    evalEvery: 250,
  },
};
