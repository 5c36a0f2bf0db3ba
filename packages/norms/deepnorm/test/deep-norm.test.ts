import "@tensorflow/tfjs-backend-wasm";
import { gradients, product } from "@llm/ops";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { deepNorm, deepNormConstants, glmNorm, glmNormConstants } from "../src/index.js";

type Case = { kind: "deepNorm" | "glmNorm"; alpha: number } & Record<
  "x" | "weight" | "dy" | "y" | "dx" | "dweight",
  never
>;
const cases = readFixture<Case[]>(import.meta.url, "fixtures/deep-norm.json");

const norm = (x: tf.Tensor): tf.Tensor => {
  const centered = tf.sub(x, tf.mean(x, -1, true));
  return tf.mul(centered, tf.rsqrt(tf.add(tf.mean(tf.square(centered), -1, true), 1e-5)));
};

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(cases)("PyTorch: $kind, α = $alpha", ({ kind, alpha, ...t }) => {
    const join = { deepNorm, glmNorm }[kind];
    const inputs = [tf.tensor(t.x), tf.tensor(t.weight)] as tf.Tensor[];
    const f = (...[x, w]: tf.Tensor[]): tf.Tensor =>
      join(x!, { norm, alpha, branch: (h) => product(h, w!, false, true) });
    // float64 against float32, of values up to 20.
    expectClose(f(...inputs), t.y, { absolute: 1e-5 });
    const [dx, dweight] = gradients(f, inputs, tf.tensor(t.dy));
    expectClose(dx!, t.dx, { absolute: 2e-5 });
    expectClose(dweight!, t.dweight, { absolute: 2e-5 });
  });
});

test("the paper's constants", () => {
  const six = deepNormConstants({ encoderLayers: 6, decoderLayers: 6 });
  const found = [
    deepNormConstants({ encoderLayers: 6 }).encoder!,
    six.encoder!,
    six.decoder!,
    deepNormConstants({ decoderLayers: 1000 }).decoder!,
  ].flatMap(({ alpha, beta }) => [alpha, beta]);
  const expected = [1.86121, 0.379918, 1.41794, 0.496989, 2.05977, 0.343295, 6.6874, 0.105737];
  expectClose(found, expected, { absolute: 0, relative: 3e-6 });
});

test("GLM-130B's and ChatGLM-6B's constants", () => {
  expectClose([glmNormConstants(70).alpha, glmNormConstants(28).alpha], [11.83216, 7.48331]);
  const { alpha, beta } = glmNormConstants(28);
  expectClose([alpha * beta], [1]);
});

test("deeper models weigh the stream more and start smaller; only the parts that there are get constants", () => {
  const of = (layers: number) => deepNormConstants({ decoderLayers: layers }).decoder!;
  expect(of(100).alpha).toBeGreaterThan(of(10).alpha);
  expect(of(100).beta).toBeLessThan(of(10).beta);
  expect(Object.keys(deepNormConstants({ decoderLayers: 3 }))).toEqual(["decoder"]);
});

test("no tensor stays behind; errors teach", () => {
  const parts = { norm, branch: (x: tf.Tensor) => tf.square(x), alpha: 2 };
  for (const join of [deepNorm, glmNorm]) {
    expectNoLeak(() => gradients((x) => join(x!, parts), [tf.tensor([[1, 2, 4]])]));
    expect(() => join(tf.ones([1, 2]), { ...parts, alpha: 0 })).toThrow(`${join.name}: alpha must be above 0`);
  }
  expect(() => deepNormConstants({})).toThrow("give encoderLayers, decoderLayers, or both");
  expect(() => deepNormConstants({ decoderLayers: 0 })).toThrow("decoderLayers must be a positive whole number, got 0");
  expect(() => glmNormConstants(1.5)).toThrow("layers must be a positive whole number, got 1.5");
});
