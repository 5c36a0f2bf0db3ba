import "@tensorflow/tfjs-backend-wasm";
import { crossEntropy } from "@llm/cross-entropy";
import { valueAndGrads } from "@llm/ops";
import { readFixture } from "@llm/testing";
import { env, type Scalar, setBackend, type Tensor, tidy, memory } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { AdamW } from "../../../training/adamw/src/index.js";
import { clipByGlobalNorm } from "../../../training/grad-clip/src/index.js";
import { Llama } from "../../llama/src/index.js";
import { fromHuggingFace, GPT2, toHuggingFace } from "../src/index.js";
import { batch, numbers, relativeError, unpack, values } from "./reference.js";

for (const backend of ["cpu", "wasm"]) for (const kind of ["gpt2", "llama"] as const) test(`${kind} ${backend}`, async () => {
  await setBackend(backend); env().set("IS_TEST", backend !== "wasm");
  const steps: any = readFixture(import.meta.url, `../../${kind}/test/fixtures/steps.json`);
  const model: any = kind === "gpt2" ? new GPT2(steps.config) : new Llama(steps.config);
  tidy(() => {
    const theirs = kind === "gpt2" ? toHuggingFace(model.stateDict()) : model.stateDict();
    const state = new Map<string, Tensor>();
    for (const [name, { shape }] of theirs) {
      const nw = kind === "gpt2" ? name.includes("ln_") && name.endsWith("weight") : shape.length === 1;
      const scale = /^w|embed_tokens|lm_head/.test(name) ? 1 : name.endsWith("bias") ? 0.25 : 0.5;
      state.set(name, values(name, shape, scale, nw ? 1 : 0));
    }
    model.loadStateDict(kind === "gpt2" ? fromHuggingFace(state) : state);
  });
  const opt = new AdamW(model.namedParameters(), { beta1: 0.9, beta2: 0.95, weightDecay: 0.1 });
  let worstLoss = 0, worstNorm = 0, worstGrad = 0, worstName = "", strict = 0, left = 0, before = 0;
  const run = kind === "gpt2" ? steps.bias : steps.untied;
  for (let step = 0; step < 10; step++) {
    tidy(() => {
      const { inputs, labels } = batch(step, steps.batch, steps.time, 40);
      const { value, grads } = valueAndGrads(() => crossEntropy(model.forward(inputs), labels) as Scalar, model.namedParameters());
      worstLoss = Math.max(worstLoss, Math.abs(value.dataSync()[0]! - run.losses[step]));
      if (step === 0) for (const [name, g] of numbers(kind === "gpt2" ? toHuggingFace(grads) : grads)) {
        const e = unpack(steps.gradients[name]);
        const r = relativeError(g, e); if (r > worstGrad) { worstGrad = r; worstName = name; }
        let d = 0, n = 0; g.forEach((x, i) => { d += (x - e[i]!) ** 2; n += e[i]! ** 2; }); 
        strict = Math.max(strict, Math.sqrt(d / n));
      }
      const clipped = clipByGlobalNorm(grads, 1);
      worstNorm = Math.max(worstNorm, Math.abs(clipped.norm.dataSync()[0]! / run.gradientNorms[step] - 1));
      opt.step(clipped.grads, 1e-3);
    });
    if (step === 1) before = memory().numTensors;
  }
  left = memory().numTensors - before;
  console.log(kind, backend, { worstLoss, worstNorm, worstGrad, worstName, normwise: strict, left });
  opt.dispose(); model.dispose(); env().set("IS_TEST", true); await setBackend("cpu");
});
