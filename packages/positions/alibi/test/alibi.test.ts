import "@tensorflow/tfjs-backend-wasm";
import { gradients, product } from "@llm/ops";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alibiBias, alibiKeyBias, alibiSlopes } from "../src/index.js";

type Case = Record<"q" | "k" | "v" | "dy" | "y" | "dq" | "dk" | "dv" | "bias", never>;
const fixture = readFixture<{ slopes: Record<string, number[]>; attention: Case[] }>(
  import.meta.url,
  "fixtures/alibi.json",
);

test.each(Object.entries(fixture.slopes))("slopes of %s heads are those of the paper's code", (heads, slopes) => {
  // Both float64; the fixture multiplies where we raise to a power.
  expectClose(alibiSlopes(Number(heads)), slopes, { absolute: 0, relative: 1e-12 });
});

test("published slopes", () => {
  expect(alibiSlopes(8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => 2 ** -n));
  expectClose(alibiSlopes(16).slice(0, 2), [2 ** -0.5, 0.5]);
  const twelve = alibiSlopes(12);
  expectClose(
    [...twelve.slice(0, 2), ...twelve.slice(7)],
    [0.5, 0.25, 0.00390625, Math.SQRT1_2, 0.353553, 0.176777, 0.088388],
  );
  const bloom = alibiSlopes(112);
  expectClose(
    [0, 63, 64, 111].map((i) => bloom[i]!),
    [0.917004, 0.00390625, 0.957603, 0.0163168],
  );
});

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(fixture.attention)("causal attention with it has PyTorch's values and gradients", (t) => {
    const inputs = [t.q, t.k, t.v].map((x) => tf.tensor(x));
    const [, heads, queries, dim] = inputs[0]!.shape as [number, number, number, number];
    const keys = inputs[1]!.shape[2]!;
    const bias = alibiBias(alibiSlopes(heads), queries, { keys });
    expectClose(bias, t.bias);
    const later = tf.greater(tf.range(0, keys), tf.reshape(tf.range(keys - queries, keys), [queries, 1]));
    const masked = tf.where(later, tf.scalar(-1e38), bias);
    const f = (...[q, k, v]: tf.Tensor[]): tf.Tensor =>
      product(tf.softmax(tf.add(tf.mul(product(q!, k!, false, true), dim ** -0.5), masked)), v!);
    // float64 against a dozen float32 operations on values of size 1.
    expectClose(f(...inputs), t.y, { absolute: 1e-5, relative: 1e-4 });
    for (const [i, grad] of gradients(f, inputs, tf.tensor(t.dy)).entries()) {
      expectClose(grad, [t.dq, t.dk, t.dv][i]!, { absolute: 1e-5, relative: 1e-4 });
    }
  });
});

test("by key position or by distance, the attention weights are the same", () => {
  const sizes = fc.record({
    heads: fc.integer({ min: 1, max: 13 }),
    queries: fc.integer({ min: 1, max: 6 }),
    past: fc.integer({ min: 0, max: 6 }),
    seed: fc.integer({ min: 1, max: 1000 }),
  });
  fc.assert(
    fc.property(sizes, ({ heads, queries, past, seed }) =>
      tf.tidy(() => {
        const keys = queries + past;
        const scores = tf.randomNormal([heads, queries, keys], 0, 1, "float32", seed);
        const slopes = alibiSlopes(heads);
        // Biases reach 6, where float32 steps are 5e-7.
        const byDistance = tf.softmax(tf.add(scores, alibiBias(slopes, queries, { keys })));
        expectClose(tf.softmax(tf.add(scores, alibiKeyBias(slopes, keys))), byDistance.dataSync(), { absolute: 5e-6 });
      }),
    ),
    { numRuns: 40 },
  );
});

test("slopes lie below 1, are all different, and the bias depends on the distance alone", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 200 }), (heads) => {
      const slopes = alibiSlopes(heads);
      expect(slopes.every((m) => m > 0 && m < 1)).toBe(true);
      expect(new Set(slopes).size).toBe(heads);
    }),
  );
  const bias = alibiBias([0.5, 0.25], 3, { keys: 5 });
  expect(bias.arraySync()).toEqual(
    [0.5, 0.25].map((m) => [2, 3, 4].map((i) => [0, 1, 2, 3, 4].map((j) => -m * (i - j) + 0))),
  );
});

test("no tensor stays behind", () => {
  expectNoLeak(() => [alibiBias([0.5], 3), alibiKeyBias([0.5], 3)]);
  const before = tf.memory().numTensors;
  const bias = alibiBias([0.5], 3);
  expect(tf.memory().numTensors).toBe(before + 1);
  bias.dispose();
});

test("errors teach", () => {
  expect(() => alibiSlopes(0)).toThrow("alibiSlopes: heads must be a positive whole number, got 0");
  expect(() => alibiBias([0.5], 3, { keys: 2 })).toThrow("there must be at least as many keys, got 2");
  expect(() => alibiBias([0.5], 1.5)).toThrow("queries must be a positive whole number, got 1.5");
  expect(() => alibiKeyBias([0.5], 0)).toThrow("keys must be a positive whole number, got 0");
});
