import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { Random } from "@llm/random";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { LearnedPosition, learnedPosition } from "../src/index.js";

const t = readFixture<{ length: number; offset: number } & Record<"table" | "tokens" | "dy" | "y" | "dtable", never>>(
  import.meta.url,
  "fixtures/learned-position.json",
);

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test("PyTorch: added to a batch of tokens, with the table's gradient", () => {
    const f = (table: tf.Tensor): tf.Tensor => tf.add(tf.tensor(t.tokens), learnedPosition(table, t.length, t.offset));
    const table = tf.tensor(t.table);
    // Sums of two multiples of 1/64 are exact.
    expectClose(f(table), t.y, { absolute: 0, relative: 0 });
    expectClose(gradients((x) => f(x!), [table], tf.tensor(t.dy))[0]!, t.dtable, { absolute: 0, relative: 0 });
  });
});

test("the module starts at the given scale", () => {
  const module = new LearnedPosition({ maxLength: 100, dim: 200, std: 0.5, random: new Random(4) });
  expect([...module.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([["weight", [100, 200]]]);
  const values = Array.from(module.weight.dataSync());
  // 20,000 values: the standard error of the deviation is 0.5 % of it; four of them.
  expect(Math.abs(Math.sqrt(values.reduce((s, v) => s + v * v, 0) / values.length) / 0.5 - 1)).toBeLessThan(0.02);
  expectClose(module.forward(2, 98), values.slice(98 * 200), { absolute: 0, relative: 0 });
  module.dispose();
});

test("only the result stays", () => {
  const table = tf.ones([5, 2]);
  expectNoLeak(() => gradients((x) => learnedPosition(x!, 3, 1), [table]));
  const before = tf.memory().numTensors;
  learnedPosition(table, 3).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("errors teach", () => {
  const table = tf.zeros([8, 2]);
  expect(learnedPosition(table, 8).shape).toEqual([8, 2]);
  expect(() => learnedPosition(table, 4, 5)).toThrow("positions 5 … 8 exceed the table's 8 rows; crop the input");
  expect(() => learnedPosition(table, -1)).toThrow("length must be a whole number of at least 0, got -1");
  expect(() => learnedPosition(table, 1, 0.5)).toThrow("offset must be a whole number");
  expect(() => learnedPosition(tf.zeros([8]), 1)).toThrow("table must be [maxLength, dim], got shape [8]");
});
