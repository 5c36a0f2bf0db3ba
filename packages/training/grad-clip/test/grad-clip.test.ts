import "@tensorflow/tfjs-backend-wasm";
import { expectClose, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clipByGlobalNorm, clipByGlobalNormContract, clipCoefficient, globalNorm } from "../src/index.js";

interface Fixture {
  shapes: number[][];
  cases: { maxNorm: number; grads: number[][]; norm: number; clipped: number[][] }[];
}

const { shapes, cases } = readFixture<Fixture>(import.meta.url, "fixtures/grad-clip.json");
const named = (values: number[][]): Map<string, tf.Tensor> =>
  new Map(values.map((v, i) => [`p${i}`, tf.tensor(v, shapes[i] as number[])]));

for (const backend of ["cpu", "wasm"]) {
  describe(backend, () => {
    beforeAll(async () => void (await tf.setBackend(backend)));
    afterAll(async () => void (await tf.setBackend("cpu")));

    // float32 sums in another order: a few units in the last place.
    test.each(cases)("clips at $maxNorm as PyTorch does", ({ maxNorm, grads, norm, clipped }) => {
      const given = named(grads);
      const result = clipByGlobalNorm(given, maxNorm);
      expectClose(result.norm, norm, { absolute: 0, relative: 1e-6 });
      expectClose(globalNorm(given), norm, { absolute: 0, relative: 1e-6 });
      expect([...result.grads.keys()]).toEqual([...given.keys()]);
      clipped.forEach((values, i) => {
        expect(result.grads.get(`p${i}`)?.shape).toEqual(shapes[i]);
        expectClose(result.grads.get(`p${i}`)!, values, { absolute: 0, relative: 2e-6 });
      });
      expectClose(given.get("p0")!, grads[0]!, { absolute: 0, relative: 0 });
    });

    test("the caller sees NaN and infinity in the norm", () => {
      for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
        const grads = new Map([
          ["good", tf.tensor([1, 2])],
          ["bad", tf.tensor([[0, bad]])],
        ]);
        expect(clipByGlobalNorm(grads, 1).norm.dataSync()[0]).toBe(bad);
      }
    });

    test("millions of squares keep their digits", () => {
      // A single float32 accumulator would stop growing at 2^24 times its addend.
      const [rows, columns] = [4096, 1024];
      const grads = new Map([["w", tf.fill([rows, columns], 0.1)]]);
      expectClose(globalNorm(grads), 0.1 * Math.sqrt(rows * columns), { relative: 1e-5 });
    });

    test("nothing stays behind but what is returned", () => {
      const grads = named(cases[0]!.grads);
      const before = tf.memory().numTensors;
      const { grads: clipped, norm } = clipByGlobalNorm(grads, 1);
      expect(tf.memory().numTensors).toBe(before + grads.size + 1);
      for (const tensor of [norm, ...clipped.values()]) tensor.dispose();
      expect(tf.memory().numTensors).toBe(before);
    });
  });
}

test("the norm never exceeds the maximum, and small gradients stay bit for bit", () => {
  const value = fc.double({ min: -1e3, max: 1e3, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 20 }),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      (v, max) => {
        tf.tidy(() => {
          const grads = new Map([["g", tf.tensor1d(v)]]);
          const { grads: clipped, norm } = clipByGlobalNorm(grads, max);
          expect(globalNorm(clipped).dataSync()[0]).toBeLessThanOrEqual(max * (1 + 1e-6));
          if ((norm.dataSync()[0] as number) < max - 1e-4) {
            expectClose(clipped.get("g")!, grads.get("g")!, { absolute: 0, relative: 0 });
          }
        });
      },
    ),
    { numRuns: 50 },
  );
});

test("an infinite maximum only measures", () => {
  const { grads, norm } = clipByGlobalNorm(new Map([["g", tf.tensor([3, 4])]]), Number.POSITIVE_INFINITY);
  expectClose(norm, 5);
  expectClose(grads.get("g")!, [3, 4]);
});

test("the coefficient alone clips as clipByGlobalNorm does", () => {
  const given = tf.tensor1d([3, 4]);
  for (const maxNorm of [0.1, 4.9, 5, 5.1, Number.POSITIVE_INFINITY]) {
    const { grads, norm } = clipByGlobalNorm(new Map([["g", given]]), maxNorm);
    const coefficient = clipCoefficient(norm.dataSync()[0] as number, maxNorm);
    // One is computed in float32, the other in float64.
    expectClose(grads.get("g")!, [3 * coefficient, 4 * coefficient], { absolute: 0, relative: 3e-7 });
  }
  expect(clipCoefficient(Number.NaN, 1)).toBeNaN();
  expect(clipCoefficient(Number.POSITIVE_INFINITY, 1)).toBe(0);
  expect(() => clipCoefficient(1, 0)).toThrow("maxNorm must be positive, got 0");
});

test("a backend's kernel takes over", () => {
  const { name } = clipByGlobalNormContract;
  const kernelFunc: tf.KernelFunc = ({ inputs, attrs }) => {
    expect(Object.keys(inputs)).toEqual(["0", "1"]);
    expect(attrs).toEqual({ maxNorm: 2 });
    return [tf.tensor([1]), tf.tensor([2]), tf.scalar(9)];
  };
  tf.registerKernel({ kernelName: name, backendName: "cpu", kernelFunc });
  try {
    const given = new Map(["a", "b"].map((key) => [key, tf.tensor([5])]));
    const { grads, norm } = clipByGlobalNorm(given, 2);
    expectClose(norm, 9);
    expectClose(
      [...grads.values()].map((g) => g.dataSync()[0]),
      [1, 2],
    );
  } finally {
    tf.unregisterKernel(name, "cpu");
  }
});

test("errors teach", () => {
  expect(() => globalNorm(new Map())).toThrow("no gradients");
  expect(() => clipByGlobalNorm(new Map(), 1)).toThrow("no gradients");
  expect(() => clipByGlobalNorm(new Map([["g", tf.tensor([1])]]), 0)).toThrow("maxNorm must be positive, got 0");
  expect(() => clipByGlobalNorm(new Map([["g", tf.tensor([1])]]), Number.NaN)).toThrow(RangeError);
});
