import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LayerNorm, layerNorm, layerNormContract } from "../src/index.js";

type Case = { eps: number; bias?: number[]; dbias?: number[] } & Record<
  "x" | "weight" | "dy" | "y" | "dx" | "dweight",
  never
>;
const fixture = readFixture<Record<string, Case>>(import.meta.url, "fixtures/layer-norm.json");

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(Object.entries(fixture))("PyTorch: %s", (name, { eps, bias, dbias, ...t }) => {
    const inputs = [t.x, t.weight, ...(bias ? [bias] : [])].map((values) => tf.tensor(values));
    const f = (...[x, w, b]: tf.Tensor[]): tf.Tensor => layerNorm(x!, w!, b, { eps });
    // The fixture is float64. float32's rounding is about 1e-6 of values near 1; half a unit in the last place
    // of 1000 is 3e-5, and that much the mean, and so every difference from it, may be off.
    const tolerance = name === "mean 1000" ? { absolute: 2e-4 } : { absolute: 2e-6 };
    expectClose(f(...inputs), t.y, tolerance);
    const grads = gradients(f, inputs, tf.tensor(t.dy));
    [t.dx, t.dweight, ...(dbias ? [dbias] : [])].forEach((grad, i) => {
      expectClose(grads[i]!, grad, tolerance);
    });
  });
});

test("shifting and scaling the input changes nothing", () => {
  const value = fc.double({ min: -4, max: 4, noNaN: true });
  const one = (x: number[]): tf.Tensor => layerNorm(tf.tensor([x]), tf.ones([x.length]), undefined, { eps: 1e-12 });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 5, maxLength: 5 }),
      value,
      fc.double({ min: 0.5, max: 8, noNaN: true }),
      (x, c, a) => {
        fc.pre(Math.max(...x) - Math.min(...x) > 1);
        tf.tidy(() => {
          // Rounding of x·a + c, up to 36, is 2e-6, against a deviation of at least 0.2.
          expectClose(one(x.map((v) => v * a + c)), one(x), { absolute: 5e-5 });
        });
      },
    ),
    { numRuns: 50 },
  );
});

test("constant rows become the bias, not NaN", () => {
  expectClose(layerNorm(tf.fill([2, 4], 7), tf.ones([4]), tf.tensor([1, 2, 3, 4])), [1, 2, 3, 4, 1, 2, 3, 4]);
});

test("only the result stays, in a tidy or not", () => {
  const [x, w, b] = [tf.ones([2, 4]), tf.ones([4]), tf.zeros([4])];
  expectNoLeak(() => layerNorm(x, w, b));
  expectNoLeak(() => gradients((...xs) => layerNorm(xs[0]!, xs[1]!, xs[2]), [x, w, b]));
  const before = tf.memory().numTensors;
  const y = layerNorm(x, w, b);
  expect(tf.memory().numTensors).toBe(before + 1);
  y.dispose();
});

test("a fused kernel gets what the contract says, and its statistics go to its gradient", () => {
  const seen: string[] = [];
  const register = (kernelName: string, f: (inputs: Record<string, tf.Tensor>) => tf.Tensor[]): void =>
    tf.registerKernel({
      kernelName,
      backendName: "cpu",
      kernelFunc: ({ inputs, attrs }) => {
        seen.push(`${kernelName}(${Object.keys(inputs)}; ${JSON.stringify(attrs)})`);
        return tf.tidy(() => f(inputs as never));
      },
    });
  register("LayerNorm", ({ x }) => [tf.mul(x!, 2), tf.zeros([2, 1]), tf.ones([2, 1])]);
  register("LayerNormGrad", ({ dy, weight }) => [tf.mul(dy!, 2), tf.mul(weight!, 3), tf.mul(weight!, 4)]);
  try {
    const inputs = [tf.ones([2, 4]), tf.ones([4]), tf.zeros([4])];
    const [dx, dw, db] = gradients((...xs) => layerNorm(xs[0]!, xs[1]!, xs[2], { eps: 0.5 }), inputs);
    expect([dx, dw, db].map((grad) => grad?.dataSync()[0])).toEqual([2, 3, 4]);
    expect(seen).toEqual([
      'LayerNorm(x,weight,bias; {"eps":0.5})',
      'LayerNormGrad(dy,x,weight,mean,scale; {"eps":0.5})',
    ]);
    expectNoLeak(() => layerNorm(tf.ones([2, 4]), tf.ones([4])));
  } finally {
    for (const name of [layerNormContract.name, "LayerNormGrad"]) tf.unregisterKernel(name, "cpu");
  }
});

test("the module starts as plain normalization and names its parameters", () => {
  const norm = new LayerNorm({ dim: 4, eps: 1e-3 });
  expect([...norm.namedParameters().keys()]).toEqual(["weight", "bias"]);
  expect([...new LayerNorm({ dim: 4, bias: false }).namedParameters().keys()]).toEqual(["weight"]);
  const x = tf.tensor([[1, 2, 3, 4]]);
  // Mean 2.5, variance 1.25.
  expectClose(
    norm.forward(x),
    [-1.5, -0.5, 0.5, 1.5].map((v) => v / Math.sqrt(1.25 + 1e-3)),
  );
});

test("errors teach", () => {
  const x = tf.zeros([2, 16, 512]);
  expect(() => layerNorm(x, tf.ones([256]))).toThrow(
    "layerNorm: weight must have shape [512] to match x [2,16,512], got [256]",
  );
  expect(() => layerNorm(x, tf.ones([512]), tf.zeros([1, 512]))).toThrow("bias must have shape [512]");
  expect(() => layerNorm(tf.scalar(1), tf.ones([1]))).toThrow("at least one dimension");
  expect(() => layerNorm(x, tf.ones([512]), undefined, { eps: 0 })).toThrow("eps must be above 0");
});
