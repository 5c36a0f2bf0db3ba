import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { RMSNorm, rmsNorm } from "../src/index.js";

type Case = { eps: number } & Record<"x" | "weight" | "dy" | "y" | "dx" | "dweight", never>;
const fixture = readFixture<Record<string, Case>>(import.meta.url, "fixtures/rms-norm.json");

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(Object.entries(fixture))("PyTorch: %s", (_, { eps, ...t }) => {
    const inputs = [tf.tensor(t.x), tf.tensor(t.weight)];
    const f = (...[x, w]: tf.Tensor[]): tf.Tensor => rmsNorm(x!, w!, { eps });
    // The fixture is float64; float32's rounding is about 1e-6 of values near 1.
    expectClose(f(...inputs), t.y, { absolute: 2e-6 });
    const [dx, dweight] = gradients(f, inputs, tf.tensor(t.dy));
    expectClose(dx!, t.dx, { absolute: 2e-6 });
    expectClose(dweight!, t.dweight, { absolute: 2e-6 });
  });
});

const row = (x: number[]): tf.Tensor => rmsNorm(tf.tensor([x]), tf.ones([x.length]), { eps: 1e-12 });

test("scaling the input changes nothing, and the result has root mean square 1", () => {
  const value = fc.double({ min: -4, max: 4, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 5, maxLength: 5 }),
      fc.double({ min: 0.01, max: 100, noNaN: true }),
      (x, a) => {
        fc.pre(x.some((v) => Math.abs(v) > 0.5));
        tf.tidy(() => {
          const y = row(x);
          expectClose(row(x.map((v) => v * a)), y);
          expectClose(tf.mean(tf.square(y)), [1]);
        });
      },
    ),
    { numRuns: 50 },
  );
});

test("the mean is not subtracted: shifting the input changes the result", () => {
  expectClose(row([3, 3]), [1, 1]);
  expect(row([1, 2]).dataSync()[0]).not.toBeCloseTo(row([2, 3]).dataSync()[0]!, 2);
});

test("rows of zeros stay zero, not NaN", () =>
  expectClose(rmsNorm(tf.zeros([2, 3]), tf.ones([3])), [0, 0, 0, 0, 0, 0]));

test("only the result stays, in a tidy or not", () => {
  const [x, w] = [tf.ones([2, 4]), tf.ones([4])];
  expectNoLeak(() => gradients((...xs) => rmsNorm(xs[0]!, xs[1]!), [x, w]));
  const before = tf.memory().numTensors;
  const y = rmsNorm(x, w);
  expect(tf.memory().numTensors).toBe(before + 1);
  y.dispose();
});

test("the module starts with ones and passes its eps on", () => {
  const norm = new RMSNorm({ dim: 2, eps: 3 });
  expect([...norm.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([["weight", [2]]]);
  // mean x² = 1, so the divisor is √(1 + 3).
  expectClose(norm.forward(tf.tensor([[1, -1]])), [0.5, -0.5]);
});

test("errors teach", () => {
  const x = tf.zeros([2, 16, 512]);
  expect(() => rmsNorm(x, tf.ones([256]))).toThrow(
    "rmsNorm: weight must have shape [512] to match x [2,16,512], got [256]",
  );
  expect(() => rmsNorm(x, tf.ones([1, 512]))).toThrow("got [1,512]");
  expect(() => rmsNorm(tf.scalar(1), tf.ones([1]))).toThrow("at least one dimension");
  expect(() => rmsNorm(x, tf.ones([512]), { eps: Number.NaN })).toThrow("eps must be above 0");
});
