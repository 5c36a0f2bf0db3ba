import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { softCap } from "../src/index.js";

type Case = { cap: number } & Record<"x" | "dy" | "y" | "dx", never>;
const cases = readFixture<Case[]>(import.meta.url, "fixtures/soft-cap.json");

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(cases)("PyTorch: cap $cap", ({ cap, ...t }) => {
    const x = tf.tensor(t.x) as tf.Tensor;
    // float32's tanh near 1 is exact to 1e-7, times the cap.
    expectClose(softCap(x, cap), t.y, { absolute: cap * 3e-7 });
    const [dx] = gradients((x) => softCap(x!, cap), [x], tf.tensor(t.dy));
    expectClose(dx!, t.dx, { absolute: 1e-6 });
  });
});

test("stays within the cap, keeps sign and order, and is nearly the identity around zero", () => {
  const value = fc.double({ min: -1e4, max: 1e4, noNaN: true });
  fc.assert(
    fc.property(value, value, fc.double({ min: 1, max: 100, noNaN: true }), (a, b, cap) => {
      const [x, y] = tf.tidy(() => Array.from(softCap(tf.tensor1d([a, b]), cap).dataSync())) as [number, number];
      expect(Math.abs(x)).toBeLessThanOrEqual(cap * (1 + 1e-6));
      if (a < b) expect(x).toBeLessThanOrEqual(y);
      const third = Math.abs(a) ** 3 / (3 * cap * cap);
      expect(Math.abs(x - a)).toBeLessThanOrEqual(third * (1 + 1e-4) + Math.abs(a) * 1e-6 + 1e-30);
    }),
    { numRuns: 100 },
  );
});

test("no tensor stays behind; errors teach", () => {
  expectNoLeak(() => gradients((x) => softCap(x!, 2), [tf.ones([3])]));
  expect(() => softCap(tf.ones([1]), 0)).toThrow("softCap: cap must be a finite number above 0, got 0");
  expect(() => softCap(tf.ones([1]), Number.POSITIVE_INFINITY)).toThrow("got Infinity");
});
