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
import { Llama, type LlamaConfig } from "../src/index.js";

interface Run {
  losses: number[];
  gradientNorms: number[];
}
interface Steps {
  config: LlamaConfig;
  batch: number;
  time: number;
  untied: Run;
  tied: Run;
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

/** A model with the weights that generate.py computes; `prefix` is left out of their names. */
function referenceModel(tied: boolean, prefix = ""): Llama {
  const model = new Llama({ ...steps.config, tied });
  tidy(() => {
    const shapes = Array.from(model.stateDict(), ([name, { shape }]) => [name.replace(prefix, ""), shape] as const);
    const state = referenceState(shapes, /embed_tokens|lm_head/);
    const named = new Map([...model.stateDict()].map(([name]) => [name, state.get(name.replace(prefix, ""))!]));
    model.loadStateDict(named);
  });
  return model;
}

// Everything below is checked against float64: what differs is the rounding of float32, some dozens of operations deep.
describe.each(["cpu", "wasm"])("PyTorch's LLaMA on %s", (backend) => {
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
      const model = referenceModel(true, "model.layers.0.");
      const layer = model.model.layers[0]!;
      const x = referenceValues("x", [2, 5, 16], 4);
      expect(relativeError(layer.forward(x).dataSync(), unpack(block.y))).toBeLessThan(1e-5);

      const parameters = layer.namedParameters();
      const [dx, ...rest] = gradients(
        (y) => layer.forward(y!),
        [x, ...parameters.values()],
        referenceValues("dy", [2, 5, 16], 2),
      );
      expect(relativeError(dx!.dataSync(), unpack(block.dx))).toBeLessThan(1e-4);
      expectGradients(new Map([...parameters.keys()].map((path, i) => [path, rest[i]!])), block.gradients);
      model.dispose();
    }));

  test("logits of the whole model", () => {
    const model = referenceModel(false);
    const { inputs } = referenceBatch(0, steps.batch, steps.time, model.vocabSize);
    const logits = tidy(() => model.forward(inputs).dataSync());
    expectClose(logits, unpack(steps.logits), { absolute: 1e-5, relative: 0 });
    model.dispose();
  });

  test.each([
    ["with a head of its own", false],
    ["tied", true],
  ] as const)("ten AdamW steps, %s", (_, tied) => {
    const model = referenceModel(tied);
    const optimizer = new ReferenceAdamW();
    const expected = tied ? steps.tied : steps.untied;
    expected.losses.forEach((expectedLoss, step) => {
      tidy(() => {
        const { inputs, labels } = referenceBatch(step, steps.batch, steps.time, model.vocabSize);
        const { value, grads } = valueAndGrads(
          () => crossEntropy(model.forward(inputs), labels) as Scalar,
          model.namedParameters(),
        );
        expect(Math.abs((value.dataSync()[0] as number) - expectedLoss)).toBeLessThan(1e-5);
        if (step === 0 && !tied) expectGradients(grads, steps.gradients);
        const norm = optimizer.step(model.namedParameters(), grads);
        expect(Math.abs(norm / (expected.gradientNorms[step] as number) - 1)).toBeLessThan(1e-4);
      });
    });
    model.dispose();
  });
});
