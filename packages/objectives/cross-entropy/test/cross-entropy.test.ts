import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { checkGradient, expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type CrossEntropyOptions, crossEntropy, softmaxCrossEntropyContract } from "../src/index.js";

interface Case {
  name: string;
  shape: number[];
  logits: number[];
  labels: number[];
  zLoss: number;
  reduction: "mean" | "sum" | "none";
  value: number | number[][];
  weights: number[] | null;
  grad: number[];
}

const { cases } = readFixture<{ cases: Case[] }>(import.meta.url, "fixtures/cross-entropy.json");
const int32 = (values: number[], shape: number[]): tf.Tensor => tf.tensor(values, shape, "int32");

for (const backend of ["cpu", "wasm"]) {
  describe(backend, () => {
    beforeAll(async () => void (await tf.setBackend(backend)));
    afterAll(async () => void (await tf.setBackend("cpu")));

    // float32 with another order of summation than PyTorch's: a few units in the last place.
    test.each(cases)(
      "$name, as PyTorch, with its gradient",
      ({ shape, logits, labels, value, weights, grad, ...options }) => {
        const x = tf.tensor(logits, shape);
        const y = int32(labels, shape.slice(0, -1));
        const out = crossEntropy(x, y, options);
        expectClose(out, value, { absolute: 2e-6, relative: 1e-5 });
        const dy = weights ? tf.tensor(weights, y.shape) : undefined;
        const [dx] = gradients((moved) => crossEntropy(moved!, y, options), [x], dy);
        expectClose(dx!, grad, { absolute: 1e-6, relative: 1e-5 });
      },
    );

    test("the gradient agrees with finite differences, z-loss included", () => {
      const x = tf.tensor([0.3, -1, 2, 0.5, 0.1, -0.4], [2, 3]);
      const y = int32([2, 0], [2]);
      const f = (moved: tf.Tensor): tf.Tensor => crossEntropy(moved, y, { zLoss: 0.1 });
      checkGradient(f, [x], gradients(f as never, [x]));
    });

    test("nothing stays behind, forward or backward", () => {
      const x = tf.randomNormal([6, 11]);
      const y = int32([1, 2, -100, 0, 10, 3], [6]);
      const buffers = (): number => tf.backend().numDataIds();
      const work = (): void => tf.tidy(() => void gradients((moved) => crossEntropy(moved!, y, { zLoss: 1e-4 }), [x]));
      expectNoLeak(work);
      const before = buffers();
      for (let i = 0; i < 10; i++) work();
      expect(buffers()).toBe(before);
    });

    test("ignored rows have gradient 0, and count for nothing even with infinite logits", () => {
      const x = tf.tensor([1, 2, 3, Number.POSITIVE_INFINITY, 0, Number.NEGATIVE_INFINITY], [2, 3]);
      const y = int32([0, -100], [2]);
      expectClose(crossEntropy(x, y), Math.log(1 + Math.exp(1) + Math.exp(2)));
      const finite = tf.tensor([1, 2, 3, 1e4, 0, -1e4], [2, 3]);
      const [dx] = gradients((moved) => crossEntropy(moved!, y), [finite]);
      expectClose(tf.slice(dx!, [1, 0], [1, 3]), [0, 0, 0], { absolute: 0, relative: 0 });
    });

    test("a batch whose labels are all ignored has loss 0 and gradient 0", () => {
      const x = tf.randomNormal([3, 4]);
      const y = int32([-1, -1, -1], [3]);
      const options: CrossEntropyOptions = { ignoreIndex: -1 };
      expectClose(crossEntropy(x, y, options), 0, { absolute: 0, relative: 0 });
      const [dx] = gradients((moved) => crossEntropy(moved!, y, options), [x]);
      expectClose(dx!, new Array(12).fill(0), { absolute: 0, relative: 0 });
    });

    test("NaN and unbounded logits show in the loss", () => {
      const loss = (row: number[]): number => crossEntropy(tf.tensor([row]), int32([0], [1])).dataSync()[0]!;
      expect(loss([0, Number.NaN, 1])).toBeNaN();
      expect(loss([Number.NaN, 0, 1])).toBeNaN();
      expect(loss([0, Number.POSITIVE_INFINITY, 1])).not.toBeLessThan(1e30);
      expect(loss([Number.NEGATIVE_INFINITY, 0, 1])).toBe(Number.POSITIVE_INFINITY);
    });

    test("equal logits give ln V at GPT-2's vocabulary", () => {
      // FACTS: the loss of an untrained model; 1e-4 is the figure's own precision.
      expectClose(crossEntropy(tf.zeros([2, 50257]), int32([0, 50256], [2])), 10.8249, { absolute: 1e-4 });
    });
  });
}

test("shifting all logits of a row changes nothing", () => {
  const x = tf.tensor([0.5, -1, 2, 1], [1, 4]);
  const y = int32([1], [1]);
  const loss = crossEntropy(x, y).dataSync()[0]!;
  for (const shift of [-64, 64, 512]) expectClose(crossEntropy(tf.add(x, shift), y), loss, { absolute: 1e-5 });
});

test("a backend's kernel takes over, with its gradient", () => {
  const { name } = softmaxCrossEntropyContract;
  const backend = tf.getBackend();
  let attrs: unknown;
  const kernel = (kernelName: string, kernelFunc: tf.KernelFunc): void =>
    tf.registerKernel({ kernelName, backendName: backend, kernelFunc });
  kernel(name, (call) => {
    attrs = call.attrs;
    return [tf.tensor([7, 9]), tf.tensor([0.5, 0.25])];
  });
  kernel(`${name}Grad`, ({ inputs }) => {
    expect(Object.keys(inputs)).toEqual(["dy", "logits", "labels", "logSumExp"]);
    expect(Array.from((inputs.logSumExp as tf.Tensor).dataSync())).toEqual([0.5, 0.25]);
    return tf.fill([2, 3], (inputs.dy as tf.Tensor).dataSync()[0] as number);
  });
  try {
    const f = (x: tf.Tensor): tf.Tensor => crossEntropy(x, int32([0, 1], [2]));
    expectClose(f(tf.zeros([2, 3])), 8);
    expect(attrs).toEqual({ ignoreIndex: -100, zLoss: 0 });
    expectClose(gradients(f as never, [tf.zeros([2, 3])])[0]!, new Array(6).fill(0.5));
  } finally {
    tf.unregisterKernel(name, backend);
    tf.unregisterKernel(`${name}Grad`, backend);
  }
});

test("errors teach", () => {
  const x = tf.zeros([2, 3, 5]);
  const y = tf.zeros([2, 3], "int32");
  expect(() => crossEntropy(x, tf.zeros([2, 4], "int32"))).toThrow("[2,3] for logits [2,3,5], got [2,4]");
  expect(() => crossEntropy(x, tf.zeros([2, 3]))).toThrow("labels must be int32, got float32");
  expect(() => crossEntropy(tf.zeros([2, 3, 5], "int32"), y)).toThrow("logits must be float32, got int32");
  expect(() => crossEntropy(tf.zeros([0, 5]), tf.zeros([0], "int32"))).toThrow("nothing to average");
  expect(() => crossEntropy(x, int32([0, 0, 5, 0, 0, 0], [2, 3]))).toThrow("label 5 at position 2 is out of range");
  expect(() => crossEntropy(x, int32([0, -1, 0, 0, 0, 0], [2, 3]))).toThrow("labels are 0 … 4, or -100");
});
