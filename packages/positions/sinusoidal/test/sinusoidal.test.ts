import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type SinusoidalOptions, SinusoidalPosition, sinusoidal } from "../src/index.js";

type Case = Required<SinusoidalOptions> & { y: number[][] };
const cases = readFixture<Case[]>(import.meta.url, "fixtures/sinusoidal.json");

test.each(cases)("PyTorch: $layout from $offset, base $base", ({ y, ...options }) => {
  const found = sinusoidal(y.length, y[0]!.length, options);
  expect(found.shape).toEqual([y.length, y[0]!.length]);
  // float64 rounded once: half a unit in the last place of 1 is 6e-8.
  expectClose(found, y, { absolute: 1e-7, relative: 0 });
});

test("the paper's position 1 in four dimensions", () => {
  expectClose(sinusoidal(1, 4, { offset: 1 }), [0.841471, 0.5403023, 0.0099998, 0.99995]);
});

test("moving by a distance is the same rotation everywhere", () => {
  const position = fc.integer({ min: 0, max: 500 });
  fc.assert(
    fc.property(position, fc.integer({ min: 0, max: 50 }), (p, k) => {
      const [here, there] = [p, p + k].map((offset) => tf.tidy(() => sinusoidal(1, 8, { offset }).dataSync()));
      for (let i = 0; i < 4; i++) {
        const angle = k * 10000 ** (-i / 4);
        const [sine, cosine] = [here![2 * i]!, here![2 * i + 1]!];
        expectClose(
          [there![2 * i]!, there![2 * i + 1]!],
          [sine * Math.cos(angle) + cosine * Math.sin(angle), cosine * Math.cos(angle) - sine * Math.sin(angle)],
        );
      }
    }),
    { numRuns: 60 },
  );
});

test("the module cuts its one table, which is no parameter, and frees it", () => {
  const before = tf.memory().numTensors;
  const module = new SinusoidalPosition({ dim: 6, maxLength: 10, base: 50, layout: "half" });
  const rows = tf.tidy(() => module.forward(3, 4).arraySync());
  expectClose(rows as never, sinusoidal(3, 6, { offset: 4, base: 50, layout: "half" }), { absolute: 0, relative: 0 });
  expect(module.namedParameters().size).toBe(0);
  expectNoLeak(() => module.forward(10));
  expect(() => module.forward(7, 4)).toThrow("positions 4 … 10 exceed maxLength 10");
  module.dispose();
  expect(tf.memory().numTensors).toBe(before + 1);
});

test("errors teach", () => {
  expect(() => sinusoidal(4, 5)).toThrow("dim must be even and at least 2, because each wave has a sine and a cosine");
  expect(() => sinusoidal(0, 4)).toThrow("length must be a whole number of at least 1, got 0");
  expect(() => sinusoidal(1, 4, { offset: -1 })).toThrow("offset must be");
  expect(() => sinusoidal(1, 4, { base: 0 })).toThrow("base must be above 0");
  expect(() => sinusoidal(1, 4, { layout: "tensor2tensor" as never })).toThrow('got "tensor2tensor"');
});
