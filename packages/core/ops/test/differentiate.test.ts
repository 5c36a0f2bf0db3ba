import { expectClose } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { gradients, product, valueAndGrads } from "../src/index.js";

test("gradients come by name; frozen and unused parameters have none", () => {
  const parameters = new Map([
    ["a", tf.variable(tf.tensor([1, 2]))],
    ["frozen", tf.variable(tf.tensor([3, 4]), false)],
    ["unused", tf.variable(tf.scalar(5))],
  ]);
  const { value, grads } = valueAndGrads(
    () => tf.sum(tf.mul(parameters.get("a")!, parameters.get("frozen")!)),
    parameters,
  );
  expectClose(value, [11]);
  expect([...grads.keys()]).toEqual(["a"]);
  expectClose(grads.get("a")!, [3, 4]);
});

test("a tensor used twice collects both gradients, and a gradient that is dy itself stays alive", () => {
  const x = tf.tensor([1, 2, 3]);
  expectClose(gradients((a) => tf.add(tf.mul(a!, a!), a!), [x])[0]!, [3, 5, 7]);
  const [first, second] = gradients((a) => tf.add(a!, a!), [x, x].slice(0, 1)).concat(
    gradients((a) => tf.clone(a!), [x]),
  );
  expectClose(first!, [2, 2, 2]);
  expectClose(second!, [1, 1, 1]);
});

test("a gradient inside a gradient function keeps the outer tape", () => {
  // Recompute the inner function on the way back, as activation recomputation does.
  const inner = (x: tf.Tensor): tf.Tensor => tf.tanh(tf.square(x));
  const recomputed = tf.customGrad((...args: unknown[]) => {
    const [x, save] = args as [tf.Tensor, (tensors: tf.Tensor[]) => void];
    save([x]);
    return {
      value: inner(x),
      gradFunc: (dy: tf.Tensor, saved: tf.Tensor[]) => gradients((y) => inner(y!), [saved[0]!], dy)[0]!,
    };
  });
  const x = tf.tensor([0.3, -0.8]);
  const direct = gradients((y) => tf.sum(tf.exp(inner(tf.sin(y!)))), [x])[0]!;
  const replayed = gradients((y) => tf.sum(tf.exp(recomputed(tf.sin(y!)))), [x])[0]!;
  expectClose(replayed, direct.dataSync(), { absolute: 0, relative: 0 });
});

test("second derivatives", () => {
  const x = tf.tensor([0.5, 2]);
  const second = gradients((y) => gradients((z) => tf.mul(tf.square(z!), z!), [y!])[0]!, [x])[0]!;
  expectClose(second, [3, 12]);
});

test("nothing leaks: only the value and the gradients stay, and errors leave nothing", () => {
  const w = tf.variable(
    tf.tensor([
      [1, 2],
      [3, 4],
    ]),
  );
  const x = tf.tensor([[0.5, -1]]);
  const parameters = new Map([["w", w]]);
  const loss = (): tf.Scalar => tf.mean(tf.square(tf.tanh(product(x, w))));
  valueAndGrads(loss, parameters);
  const before = tf.memory().numTensors;
  const { value, grads } = valueAndGrads(loss, parameters);
  expect(tf.memory().numTensors).toBe(before + 2);
  value.dispose();
  for (const grad of grads.values()) grad.dispose();
  tf.tidy(() => void valueAndGrads(loss, parameters));
  expect(() =>
    valueAndGrads(() => {
      tf.square(product(x, w));
      throw new Error("inside");
    }, parameters),
  ).toThrow("inside");
  expect(tf.memory().numTensors).toBe(before);
});

test("activations are freed on the way back", () => {
  const x = tf.variable(tf.ones([1000]));
  let peak = 0;
  const before = tf.memory().numTensors;
  const watch = tf.customGrad((...args: unknown[]) => ({
    value: tf.clone(args[0] as tf.Tensor),
    gradFunc: (dy: tf.Tensor) => {
      peak = tf.memory().numTensors - before;
      return tf.clone(dy);
    },
  }));
  valueAndGrads(
    () => {
      let y: tf.Tensor = watch(x);
      for (let i = 0; i < 50; i++) y = tf.tanh(y);
      return tf.sum(y);
    },
    new Map([["x", x]]),
  );
  // At the first layer, reached last, the 50 saved outputs are gone.
  expect(peak).toBeLessThan(10);
});

test("errors say what to do", () => {
  const x = tf.variable(tf.tensor([1, 2]));
  const parameters = new Map([["x", x]]);
  expect(() => valueAndGrads(() => tf.mul(x, 2) as tf.Scalar, parameters)).toThrow(
    "must return a scalar, got shape [2]",
  );
  expect(() => valueAndGrads(() => tf.scalar(1), parameters)).toThrow("depends on none");
  expect(() => valueAndGrads(() => tf.scalar(1), new Map())).toThrow("no trainable parameters");
  expect(() => gradients((a) => tf.mul(a!, 2), [x, tf.scalar(1)])).toThrow("input 1");
  expect(() => product(tf.ones([2, 3]), tf.ones([2, 3]))).toThrow("inner dimensions 3 and 2 differ in [2,3] · [2,3]");
  expect(() => product(tf.ones([2, 4, 3]), tf.ones([3, 3, 5]))).toThrow("batch dimensions 2 and 3");
});
