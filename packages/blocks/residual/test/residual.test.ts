import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { Random, withRandom } from "@llm/random";
import { checkGradient, expectClose, expectNoLeak } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkStyle, type ResidualOptions, type ResidualStyle, residual } from "../src/index.js";

// Values and gradients of whole blocks in every style against PyTorch stand in @llm/transformer-block.

const styles: ResidualStyle[] = ["pre", "post", "sandwich", "deepnorm", "glm"];
const options = (style: ResidualStyle): ResidualOptions => ({
  style,
  norm: (x) => tf.mul(x, 10),
  outputNorm: (x) => tf.mul(x, 100),
  alpha: 3,
});

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each([
    ["pre", 2 + (20 + 1)],
    ["post", 10 * (2 + 3)],
    ["sandwich", 2 + 100 * (20 + 1)],
    ["deepnorm", 10 * (3 * 2 + 3)],
    ["glm", 3 * 20 + 21],
  ] as const)("by hand: %s", (style, expected) => {
    expectClose(
      residual(tf.tensor([2]), (x) => tf.add(x, 1), options(style)),
      [expected],
    );
  });

  test.each(styles)("gradient by finite differences: %s", (style) => {
    const smooth: ResidualOptions = { style, norm: tf.sin, outputNorm: tf.sigmoid, alpha: 1.5 };
    const f = (x: tf.Tensor): tf.Tensor => residual(x, (x) => tf.square(x), smooth);
    const x = tf.tensor([0.3, -0.7, 1.1]);
    checkGradient(
      (x) => tf.sum(f(x!)),
      [x],
      gradients((x) => f(x!), [x]),
    );
    expectNoLeak(() => gradients((x) => f(x!), [x]));
  });
});

test("the same as pre-norm where α is 1, the norms do nothing", () => {
  const x = tf.tensor([[1, -2, 3]]);
  const plain = { norm: (x: tf.Tensor) => x, outputNorm: (x: tf.Tensor) => x, alpha: 1 };
  for (const style of styles) expectClose(residual(x, tf.square, { ...plain, style }), [2, 2, 12]);
});

test("dropout falls on what the layer adds, before an output norm", () => {
  const x = tf.zeros([64]);
  const dropped = (style: ResidualStyle): number[] =>
    withRandom(new Random(1), () => {
      const y = residual(x, () => tf.ones([64]), { ...options(style), dropout: 0.5 });
      return [...new Set(y.dataSync())].sort((a, b) => a - b);
    });
  expect(styles.map(dropped)).toEqual([
    [0, 2],
    [0, 20],
    [0, 200],
    [0, 20],
    [0, 2],
  ]);
});

test("errors teach", () => {
  const x = tf.ones([1, 2]);
  const norm = (x: tf.Tensor): tf.Tensor => x;
  expect(() => residual(x, norm, { norm, style: "sandwich" })).toThrow('"sandwich" needs a second norm');
  expect(() => residual(x, norm, { norm, style: "glm" })).toThrow('"glm" needs the scale alpha; @llm/deepnorm has it');
  expect(() => residual(x, norm, { norm, style: "rezero" as never })).toThrow('or "glm", got "rezero"');
  expect(() => checkStyle("deepnorm", {})).toThrow('"deepnorm" needs');
  expect(() => residual(x, () => tf.ones([2, 1]), { norm, name: "attention" })).toThrow(
    "residual: attention must keep the shape [1,2], got [2,1]",
  );
});
