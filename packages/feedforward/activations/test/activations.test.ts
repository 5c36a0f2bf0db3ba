import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ActivationName, activation, gelu, silu, swish } from "../src/index.js";

type Values = { y: number[]; dx: number[] };
const { x, beta, ...expected } = readFixture<{ x: number[]; beta: number } & Record<string, Values>>(
  import.meta.url,
  "fixtures/activations.json",
);
const functions = Object.keys(expected).map((name): [string, (x: tf.Tensor) => tf.Tensor] => [
  name,
  name === "swish" ? (z) => swish(z, beta) : activation(name as ActivationName),
]);

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(functions)("PyTorch's values and derivatives of %s", (name, f) => {
    // The fixture is float64. tfjs' erf is a polynomial that is off by up to 1.5e-7, and x/2 scales that by up
    // to 50 at |x| = 100, where the derivative's factor erf + 1 is exact again; the others round at 1e-7.
    const { y, dx } = expected[name] as Values;
    expectClose(f(tf.tensor(x)), y, { absolute: 1e-6, relative: 1e-6 });
    expectClose(gradients((z) => f(z!), [tf.tensor(x)])[0]!, dx, { absolute: 1e-6, relative: 1e-6 });
  });

  test("exact GELU and its tanh form differ by at most 4.74e-4, near 2.70", () => {
    const grid = tf.linspace(-6, 6, 2401);
    const gap = tf.abs(tf.sub(gelu(grid), gelu(grid, { approximation: "tanh" }))).dataSync();
    const worst = gap.indexOf(Math.max(...gap));
    expectClose([gap[worst]!], [4.732e-4], { absolute: 5e-7, relative: 0 });
    expectClose([Math.abs(-6 + worst * 0.005)], [2.7], { absolute: 0.03, relative: 0 });
  });

  test("nothing overflows far out", () => {
    const far = tf.tensor([-1e6, -1e3, 1e3, 1e6]);
    const limits: Record<string, number[][]> = {
      squared_relu: [
        [0, 0, 1e6, 1e12],
        [0, 0, 2e3, 2e6],
      ],
      sigmoid: [
        [0, 0, 1, 1],
        [0, 0, 0, 0],
      ],
    };
    for (const [name, f] of functions) {
      const [limit, slope] = limits[name] ?? [
        [0, 0, 1e3, 1e6],
        [0, 0, 1, 1],
      ];
      expectClose(f(far), limit!);
      expectClose(gradients((z) => f(z!), [far])[0]!, slope!);
    }
  });
});

test("the published values at 1", () => {
  const one = tf.scalar(1);
  expectClose(gelu(one), [0.8413447], { absolute: 2e-7, relative: 0 });
  expectClose(gelu(one, { approximation: "tanh" }), [0.841192], { absolute: 2e-7, relative: 0 });
  expectClose(silu(one), [0.7310586], { absolute: 1e-7, relative: 0 });
});

test("swish with beta 0 is half the identity, with a large one ReLU", () => {
  expectClose(swish(tf.tensor([-2, 3]), 0), [-1, 1.5]);
  expectClose(swish(tf.tensor([-2, 3]), 1000), [0, 3]);
});

test("only the result stays, in a tidy or not", () => {
  const z = tf.tensor([-1, 0, 2]);
  for (const [, f] of functions) {
    expectNoLeak(() => gradients((t) => f(t!), [z]));
    const before = tf.memory().numTensors;
    const y = f(z);
    expect(tf.memory().numTensors).toBe(before + 1);
    y.dispose();
  }
});

test("errors teach", () => {
  expect(() => activation("gelu_new" as never)).toThrow(
    'unknown name "gelu_new", try one of gelu, gelu_tanh, relu, sigmoid, silu, squared_relu; Hugging Face\'s "gelu_new" is "gelu_tanh"',
  );
  expect(() => activation("toString" as never)).toThrow('unknown name "toString"');
  expect(() => gelu(tf.scalar(1), { approximation: "fast" as never })).toThrow('"none" or "tanh", got "fast"');
  expect(() => swish(tf.scalar(1), Number.NaN)).toThrow("beta must be a finite number, got NaN");
});
