import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { Random } from "@llm/random";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type BucketOptions, RelativeBias, relativeBias, relativeBucket, relativeBuckets } from "../src/index.js";

interface Fixture {
  first: number;
  buckets: { options: BucketOptions; is: number[] }[];
  bias: (Record<"table" | "dy" | "y" | "dtable", never> & {
    queries: number;
    options: BucketOptions & { keys: number };
  })[];
}
const fixture = readFixture<Fixture>(import.meta.url, "fixtures/relative-bias.json");

test("published buckets of T5, 32 up to the distance 128", () => {
  const both = [-128, -64, -20, -8, -7, -1, 0, 1, 7, 8, 20, 64, 127, 128].map((d) => relativeBucket(d));
  expect(both).toEqual([15, 14, 10, 8, 7, 1, 0, 17, 23, 24, 26, 30, 31, 31]);
  const causal = [0, -1, -15, -16, -20, -32, -64, -127, -128, -1000, 5].map((d) =>
    relativeBucket(d, { direction: "causal" }),
  );
  expect(causal).toEqual([0, 1, 15, 16, 17, 21, 26, 31, 31, 31, 0]);
});

test.each(fixture.buckets)("PyTorch sorts −300 … 300 the same: $options", ({ options, is }) => {
  expect(is.map((_, i) => relativeBucket(fixture.first + i, options))).toEqual(is);
});

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(fixture.bias)("PyTorch: $queries queries, $options", ({ queries, options, ...t }) => {
    const table = tf.tensor(t.table) as tf.Tensor;
    const f = (x: tf.Tensor): tf.Tensor => relativeBias(x, queries, options);
    // Copies, and sums of few multiples of 1/64: exact.
    expectClose(f(table), t.y, { absolute: 0, relative: 0 });
    expect(f(table).shape).toEqual(tf.tensor(t.y).shape);
    expectClose(gradients((x) => f(x!), [table], tf.tensor(t.dy))[0]!, t.dtable, { absolute: 0, relative: 0 });
  });
});

const options = fc
  .record({
    direction: fc.constantFrom("bidirectional" as const, "causal" as const),
    half: fc.integer({ min: 2, max: 40 }),
    maxDistance: fc.integer({ min: 41, max: 300 }),
  })
  .map(({ half, ...rest }) => ({ ...rest, buckets: 2 * half }));

test("buckets never fall with the distance, and all lie within the table", () => {
  fc.assert(
    fc.property(options, (of) => {
      const past = Array.from({ length: 400 }, (_, d) => relativeBucket(-d, of));
      expect(past[0]).toBe(0);
      expect(past.every((bucket, d) => d === 0 || (bucket >= past[d - 1]! && bucket < of.buckets))).toBe(true);
      const future = Array.from({ length: 400 }, (_, d) => relativeBucket(d + 1, of));
      if (of.direction === "causal") expect(new Set(future)).toEqual(new Set([0]));
      else
        expect(future).toEqual(
          past
            .slice(1)
            .concat(relativeBucket(-400, of))
            .map((b) => b + of.buckets / 2),
        );
    }),
    { numRuns: 40 },
  );
});

test("the buckets of all pairs, and the last queries see what they would see in the whole", () => {
  const size = fc.integer({ min: 1, max: 9 });
  fc.assert(
    fc.property(size, size, options, (queries, past, of) => {
      const keys = queries + past;
      const pairs = Array.from({ length: queries * keys }, (_, at) => {
        const [i, j] = [past + Math.floor(at / keys), at % keys];
        return relativeBucket(j - i, of);
      });
      const found = Array.from(relativeBuckets(queries, keys, of));
      expect(found).toEqual(pairs);
      expect(Array.from(relativeBuckets(keys, keys, of)).slice(-queries * keys)).toEqual(found);
    }),
    { numRuns: 40 },
  );
});

test("the module has one table, and passes its options on", () => {
  const module = new RelativeBias({
    heads: 3,
    direction: "causal",
    buckets: 8,
    maxDistance: 20,
    random: new Random(1),
  });
  expect([...module.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([["weight", [8, 3]]]);
  const expected = relativeBias(module.weight, 2, { keys: 30, direction: "causal", maxDistance: 20 });
  expectClose(module.forward(2, 30), expected.dataSync(), { absolute: 0, relative: 0 });
  // T5-small: 32 buckets for each of 8 heads.
  expect(new RelativeBias({ heads: 8 }).parameterCount()).toBe(256);
});

test("no tensor stays behind, in forward and in backward", () => {
  const table = tf.ones([32, 2]);
  expectNoLeak(() => gradients((x) => relativeBias(x!, 4), [table]));
  const before = tf.memory().numTensors;
  relativeBias(table, 3).dispose();
  expect(tf.memory().numTensors).toBe(before);
});

test("errors teach", () => {
  expect(() => relativeBucket(1, { buckets: 3 })).toThrow("at least 4 buckets, an even number,");
  expect(() => relativeBucket(1, { direction: "causal", buckets: 1 })).toThrow("at least 2 buckets and");
  expect(() => relativeBucket(1, { maxDistance: 8 })).toThrow("a maxDistance beyond the 8 near ones, got 32 and 8");
  expect(() => relativeBucket(1, { direction: "left" as never })).toThrow('"bidirectional" or "causal", got "left"');
  expect(() => relativeBias(tf.ones([32, 2]), 5, { keys: 4 })).toThrow("0 < queries ≤ keys");
  expect(() => relativeBias(tf.ones([32]), 5)).toThrow("table must be [buckets, heads], got [32]");
});
