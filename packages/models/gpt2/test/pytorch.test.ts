import "@tensorflow/tfjs-backend-wasm";
import { crossEntropy } from "@llm/cross-entropy";
import { gradients, valueAndGrads } from "@llm/ops";
import {
  expectClose,
  expectGradients,
  ReferenceAdamW,
  readFixture,
  referenceBatch,
  referenceState,
  referenceValues,
  relativeError,
  unpack,
} from "@llm/testing";
import { env, type Scalar, setBackend, tidy } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { fromHuggingFace, GPT2, type GPT2Config, toHuggingFace } from "../src/index.js";

interface Run {
  losses: number[];
  gradientNorms: number[];
}
interface Steps {
  config: GPT2Config;
  batch: number;
  time: number;
  bias: Run;
  noBias: Run;
  logits: string;
  gradients: Record<string, string>;
}
interface Block {
  y: string;
  dx: string;
  gradients: Record<string, string>;
}

const steps = readFixture<Steps>(import.meta.url, "fixtures/steps.json");
const block = readFixture<Block>(import.meta.url, "fixtures/block.json");

/** A model with the weights that generate.py computes, under Hugging Face's names. */
function referenceModel(bias: boolean): GPT2 {
  const model = new GPT2({ ...steps.config, bias });
  tidy(() => {
    const shapes = Array.from(toHuggingFace(model.stateDict()), ([name, { shape }]) => [name, shape] as const);
    const state = referenceState(shapes, /^w[tp]e/);
    const ours = fromHuggingFace(state);
    if (!bias) for (const path of ours.keys()) if (path.endsWith("bias")) ours.delete(path);
    model.loadStateDict(ours);
  });
  return model;
}

// Everything below is checked against float64: what differs is the rounding of float32, some dozens of operations deep.
describe.each(["cpu", "wasm"])("PyTorch's GPT-2 on %s", (backend) => {
  beforeAll(async () => {
    await setBackend(backend);
    // `wasm` copies what the tape saves; a check of tfjs that only IS_TEST turns on takes the copies for a leak.
    env().set("IS_TEST", backend !== "wasm");
  });
  afterAll(async () => {
    env().set("IS_TEST", true);
    await setBackend("cpu");
  });

  test("a block: values, and gradients of its input and of every parameter", () =>
    tidy(() => {
      const model = referenceModel(true);
      const layer = model.layers[0]!;
      // The block of the fixture has weights named without a layer: `attn.c_attn.weight`.
      const shapes = Object.entries(blockShapes(model));
      const theirs = new Map([...referenceState(shapes, /^$/)].map(([name, value]) => [`h.0.${name}`, value]));
      model.loadStateDict(fromHuggingFace(theirs), { strict: false });
      const x = referenceValues("x", [2, 5, 16], 4);
      expect(relativeError(layer.forward(x).dataSync(), unpack(block.y))).toBeLessThan(1e-5);

      const parameters = layer.namedParameters();
      const [dx, ...rest] = gradients(
        (y) => layer.forward(y!),
        [x, ...parameters.values()],
        referenceValues("dy", [2, 5, 16], 2),
      );
      expect(relativeError(dx!.dataSync(), unpack(block.dx))).toBeLessThan(1e-4);
      const named = new Map([...parameters.keys()].map((path, i) => [`layers.0.${path}`, rest[i]!]));
      expectGradients(toHuggingFace(named), block.gradients, { prefix: "h.0." });
      model.dispose();
    }));

  test("logits of the whole model", () => {
    const model = referenceModel(true);
    const { inputs } = referenceBatch(0, steps.batch, steps.time, model.vocabSize);
    const logits = tidy(() => model.forward(inputs).dataSync());
    expectClose(logits, unpack(steps.logits), { absolute: 1e-5, relative: 0 });
    model.dispose();
  });

  test.each([
    ["with biases", true],
    ["without biases", false],
  ] as const)("ten AdamW steps, %s", (_, bias) => {
    const model = referenceModel(bias);
    const optimizer = new ReferenceAdamW();
    const expected = bias ? steps.bias : steps.noBias;
    expected.losses.forEach((expectedLoss, step) => {
      tidy(() => {
        const { inputs, labels } = referenceBatch(step, steps.batch, steps.time, model.vocabSize);
        const { value, grads } = valueAndGrads(
          () => crossEntropy(model.forward(inputs), labels) as Scalar,
          model.namedParameters(),
        );
        expect(Math.abs((value.dataSync()[0] as number) - expectedLoss)).toBeLessThan(1e-5);
        if (step === 0 && bias) expectGradients(toHuggingFace(grads), steps.gradients);
        const norm = optimizer.step(model.namedParameters(), grads);
        expect(Math.abs(norm / (expected.gradientNorms[step] as number) - 1)).toBeLessThan(1e-4);
      });
    });
    model.dispose();
  });
});

const blockShapes = (model: GPT2): Record<string, number[]> =>
  Object.fromEntries(
    [...toHuggingFace(model.stateDict())].flatMap(([name, { shape }]) =>
      name.startsWith("h.0.") ? [[name.slice(4), shape]] : [],
    ),
  );
