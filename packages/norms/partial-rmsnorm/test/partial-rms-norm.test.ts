import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { rmsNorm } from "@llm/rmsnorm";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { PartialRMSNorm, type PartialRMSNormOptions, partialRmsNorm } from "../src/index.js";

type Case = Required<PartialRMSNormOptions> & Record<"x" | "weight" | "dy" | "y" | "dx" | "dweight", never>;
const cases = readFixture<Case[]>(import.meta.url, "fixtures/partial-rms-norm.json");

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(cases)("PyTorch: $fraction of the features, eps $eps", ({ fraction, eps, ...t }) => {
    const inputs = [tf.tensor(t.x), tf.tensor(t.weight)] as tf.Tensor[];
    const f = (...[x, w]: tf.Tensor[]): tf.Tensor => partialRmsNorm(x!, w!, { fraction, eps });
    // float64 against float32; where few features are near zero, values reach 50.
    expectClose(f(...inputs), t.y, { absolute: 5e-6 });
    const [dx, dweight] = gradients(f, inputs, tf.tensor(t.dy));
    expectClose(dx!, t.dx, { absolute: 2e-5, relative: 2e-5 });
    expectClose(dweight!, t.dweight, { absolute: 5e-6 });
  });

  test("all of the features: @llm/rmsnorm", () => {
    const [x, w] = [tf.randomNormal([3, 8], 0, 1, "float32", 1), tf.randomNormal([8], 1, 1, "float32", 2)];
    expectClose(partialRmsNorm(x, w, { fraction: 1 }), rmsNorm(x, w).dataSync());
  });
});

test("features behind the fraction do not change the scale", () => {
  const norm = (last: number): number =>
    partialRmsNorm(tf.tensor([[3, 3, 1, last]]), tf.ones([4]), { fraction: 0.5 }).dataSync()[0]!;
  expect(norm(5)).toBe(norm(500));
  expectClose([norm(5)], [1]);
});

test("the module passes its options on", () => {
  const norm = new PartialRMSNorm({ dim: 4, fraction: 0.25, eps: 3 });
  expect([...norm.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([["weight", [4]]]);
  // The first feature's square is 1, so the divisor is √(1 + 3).
  expectClose(norm.forward(tf.tensor([[1, 8, 8, 8]])), [0.5, 4, 4, 4]);
});

test("no tensor stays behind; errors teach", () => {
  const [x, w] = [tf.ones([2, 4]), tf.ones([4])];
  expectNoLeak(() => gradients((...xs) => partialRmsNorm(xs[0]!, xs[1]!), [x, w]));
  expect(() => partialRmsNorm(x, tf.ones([3]))).toThrow("weight must have shape [4] to match x [2,4], got [3]");
  expect(() => partialRmsNorm(x, w, { fraction: 0 })).toThrow("fraction must be above 0 and at most 1, got 0");
  expect(() => partialRmsNorm(x, w, { eps: 0 })).toThrow("eps must be above 0");
});
