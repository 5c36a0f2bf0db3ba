import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { Random } from "@llm/random";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Embedding, embedding, embeddingContract } from "../src/index.js";

const t = readFixture<Record<"weight" | "ids" | "dy" | "y" | "dweight", never>>(
  import.meta.url,
  "fixtures/embedding.json",
);
const int = (values: tf.TensorLike, shape?: number[]): tf.Tensor => tf.tensor(values, shape, "int32");
const exactly = { absolute: 0, relative: 0 };

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test("PyTorch: rows, and a gradient that adds up repeated ids", () => {
    const weight = tf.tensor(t.weight);
    const y = embedding(int(t.ids), weight);
    expect(y.shape).toEqual([2, 4, 4]);
    // Copies, and sums of multiples of 1/64: exact.
    expectClose(y, t.y, exactly);
    const [grad] = gradients((w) => embedding(int(t.ids), w!), [weight], tf.tensor(t.dy));
    expectClose(grad!, t.dweight, exactly);
  });

  test("ids out of range are an error, not whatever lies behind the table", () => {
    const weight = tf.zeros([5, 2]);
    expect(() =>
      embedding(
        int([
          [0, 4],
          [5, 1],
        ]),
        weight,
      ),
    ).toThrow("embedding: id 5 (number 2 of [2,2]) is not in the vocabulary of 5");
    expect(() => embedding(int([-1]), weight)).toThrow("id -1");
  });
});

test("the gradient of a large table has rows only where ids were", () => {
  const ids = [999, 3, 999, 0, 999];
  const [grad] = gradients((w) => embedding(int(ids), w!), [tf.zeros([1000, 3])]);
  const rows = Array.from({ length: 1000 }, (_, v) => ids.filter((id) => id === v).length);
  expectClose(
    grad!,
    rows.flatMap((n) => [n, n, n]),
    exactly,
  );
});

test("shapes: a scalar id gives one row, no ids give none", () => {
  const weight = tf.tensor([
    [1, 2],
    [3, 4],
  ]);
  expectClose(embedding(tf.scalar(1, "int32"), weight), [3, 4], exactly);
  expect(embedding(int([], [0]), weight).shape).toEqual([0, 2]);
});

test("a fused kernel gets what the contract says", () => {
  const seen: string[] = [];
  for (const kernelName of [embeddingContract.name, "EmbeddingGrad"]) {
    tf.registerKernel({
      kernelName,
      backendName: "cpu",
      kernelFunc: ({ inputs, attrs }) => {
        seen.push(`${kernelName}(${Object.keys(inputs)}; ${JSON.stringify(attrs)})`);
        return kernelName === "Embedding" ? tf.ones([2, 3]) : tf.fill([7, 3], 5);
      },
    });
  }
  try {
    const [grad] = gradients((w) => embedding(int([1, 2]), w!), [tf.zeros([7, 3])]);
    expectClose(grad!, tf.fill([21], 5));
    expect(seen).toEqual(['Embedding(ids,weight; {"vocabSize":7})', 'EmbeddingGrad(dy,ids; {"vocabSize":7})']);
  } finally {
    for (const name of ["Embedding", "EmbeddingGrad"]) tf.unregisterKernel(name, "cpu");
  }
});

test("the module starts at the given scale", () => {
  const module = new Embedding({ vocabSize: 100, dim: 200, random: new Random(4) });
  expect([...module.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([["weight", [100, 200]]]);
  const values = Array.from(module.weight.dataSync());
  // 20,000 values: the standard error of the deviation is 0.5 % of it; four of them.
  expect(Math.abs(Math.sqrt(values.reduce((s, v) => s + v * v, 0) / values.length) / 0.02 - 1)).toBeLessThan(0.02);
  expectClose(module.forward(int([[99, 0]])), [...values.slice(99 * 200), ...values.slice(0, 200)], exactly);
  module.dispose();
});

test("only the result stays, in a tidy or not", () => {
  const [ids, weight] = [int([1, 0]), tf.ones([2, 3])];
  expectNoLeak(() => gradients((w) => embedding(ids, w!), [weight]));
  const before = tf.memory().numTensors;
  embedding(ids, weight).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("errors teach", () => {
  expect(() => embedding(tf.tensor([1, 2]), tf.zeros([3, 2]))).toThrow("must be int32, got float32; create them with");
  expect(() => embedding(int([1]), tf.zeros([3]))).toThrow("weight must be [vocabSize, dim], got shape [3]");
});
