// Times one side in whatever host this runs: a page, or Node.

import { AdamW } from "@llm/adamw";
import { registerSimdBackend } from "@llm/backend-simd";
import { causalLmLoss } from "@llm/causal-lm";
import { GPT2 } from "@llm/gpt2";
import { Random } from "@llm/random";
import { trainStep } from "@llm/trainer";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { plainTraining, type Sizes } from "./plain-tfjs.js";

const sizes: Sizes = { layers: 4, heads: 4, dim: 128, context: 64, batch: 12, vocab: 65 };

function ourTraining({ layers, heads, dim, context, batch, vocab }: Sizes): () => Promise<number> {
  const model = new GPT2({ vocabSize: vocab, maxLength: context, dim, heads, layers, bias: false });
  const parameters = model.namedParameters();
  const optimizer = new AdamW(parameters, { weightDecay: 0.1 });
  const random = new Random(1);
  const tokens = (): Int32Array => Int32Array.from({ length: batch * context }, () => random.integer(vocab));
  return async () => {
    const loss = ({ inputs, targets }: { inputs: Int32Array; targets: Int32Array }): tf.Scalar =>
      causalLmLoss(
        model.forward(tf.tensor2d(inputs, [batch, context], "int32")),
        tf.tensor2d(targets, [batch, context], "int32"),
      );
    const batches = [{ inputs: tokens(), targets: tokens() }];
    return (await trainStep({ parameters, optimizer, loss, batches, learningRate: 1e-3, clip: 1, random })).loss;
  };
}

/** Median milliseconds of a step, and the losses' last value as evidence that it computed. */
export async function measure(side: "simd" | "wasm", steps: number, wasmPath?: string): Promise<object> {
  tf.env().set("PROD", true);
  if (side === "simd") registerSimdBackend({ threads: 1 });
  else if (wasmPath) setWasmPaths(wasmPath);
  if (!(await tf.setBackend(side))) throw new Error(`the backend ${side} did not start`);
  await tf.ready();
  const step = side === "simd" ? ourTraining(sizes) : plainTraining(sizes);
  const times: number[] = [];
  let loss = 0;
  // The warm-up of `llm bench train`: engines compile for about a hundred steps.
  const warm = performance.now() + 4000;
  for (let i = 0; i < 3 || (i < 100 && performance.now() < warm); i++) await step();
  while (times.length < steps) {
    const began = performance.now();
    loss = await step();
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  return { side, ms: times[times.length >> 1], min: times[0], loss };
}
