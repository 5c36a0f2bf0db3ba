import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RopeLayout, rope, ropeTable } from "../src/index.js";

interface Case extends Record<"x" | "dy" | "y" | "dx", never> {
  layout: RopeLayout;
  rotaryDim: number;
  base: number;
  offset: number;
}
const { cases } = readFixture<{ cases: Case[] }>(import.meta.url, "fixtures/rope.json");

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(cases)("PyTorch: $layout, $rotaryDim of 8 features, offset $offset", (t) => {
    const table = ropeTable({ headDim: t.rotaryDim, length: 12, base: t.base });
    const f = (x: tf.Tensor): tf.Tensor => rope(x, table, t);
    // The fixture is float64; two products of values up to 3 round at 3e-7.
    expectClose(f(tf.tensor(t.x)), t.y, { absolute: 1e-6, relative: 0 });
    expectClose(gradients((x) => f(x!), [tf.tensor(t.x)], tf.tensor(t.dy))[0]!, t.dx, { absolute: 1e-6, relative: 0 });
  });
});

const H = 8;
const table = ropeTable({ headDim: H, length: 200 });
const features = fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: H, maxLength: H });
const layout = fc.constantFrom<RopeLayout>("half", "interleaved");
const at = (x: number[], offset: number, layout: RopeLayout): number[] =>
  Array.from(tf.tidy(() => rope(tf.tensor([x]), table, { layout, offset })).dataSync());
const dot = (a: number[], b: number[]): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);

test("scores depend on the distance alone, and norms stay", () => {
  const position = fc.integer({ min: 0, max: 99 });
  fc.assert(
    fc.property(features, features, position, position, position, layout, (q, k, m, n, shift, how) => {
      const score = dot(at(q, m, how), at(k, n, how));
      // Products of norms up to √32 each; the table's float32 angles are exact to 6e-8.
      expectClose([dot(at(q, m + shift, how), at(k, n + shift, how))], [score], { absolute: 1e-5 });
      expectClose([dot(at(q, m, how), at(q, m, how))], [dot(q, q)], { absolute: 1e-5 });
    }),
    { numRuns: 60 },
  );
});

test("interleaved is half after permuting the features", () => {
  // Feature 2i of the interleaved layout is i of the half one, 2i + 1 is i + H/2.
  const order = Array.from({ length: H }, (_, j) => (j < H / 2 ? 2 * j : 2 * (j - H / 2) + 1));
  const permute = (x: number[]): number[] => order.map((j) => x[j]!);
  fc.assert(
    fc.property(features, fc.integer({ min: 0, max: 199 }), (x, p) => {
      expectClose(at(permute(x), p, "half"), permute(at(x, p, "interleaved")), { absolute: 0, relative: 0 });
    }),
    { numRuns: 30 },
  );
});

test("position 0 is the identity, and position 1 turns the first pair by one radian", () => {
  const x = [1, 2, 3, 4, 5, 6, 7, 8];
  expectClose(at(x, 0, "half"), x, { absolute: 0, relative: 0 });
  const [a, b] = [Math.cos(1) - 5 * Math.sin(1), 5 * Math.cos(1) + Math.sin(1)];
  const turned = at(x, 1, "half");
  expectClose([turned[0]!, turned[4]!], [a, b]);
});

test("an offset continues the sequence, as a cache needs it", () => {
  const x = tf.randomNormal([2, 3, 6, H], 0, 1, "float32", 1);
  const whole = rope(x, table);
  const parts = [
    rope(tf.slice(x, [0, 0, 0, 0], [-1, -1, 4, -1]), table),
    rope(tf.slice(x, [0, 0, 4, 0]), table, { offset: 4 }),
  ];
  expectClose(tf.concat(parts, 2), whole.dataSync(), { absolute: 0, relative: 0 });
});

test("only the result stays, in a tidy or not", () => {
  const x = tf.ones([1, 2, 3, H]);
  expectNoLeak(() => gradients((z) => rope(z!, table, { layout: "interleaved" }), [x]));
  const before = tf.memory().numTensors;
  const y = rope(x, table);
  expect(tf.memory().numTensors).toBe(before + 1);
  y.dispose();
});

test("a fused kernel gets what the contract says", () => {
  const seen: string[] = [];
  for (const kernelName of ["Rope", "RopeGrad"]) {
    tf.registerKernel({
      kernelName,
      backendName: "cpu",
      kernelFunc: ({ inputs, attrs }) => {
        seen.push(`${kernelName}(${Object.keys(inputs)}; ${JSON.stringify(attrs)})`);
        return tf.neg((inputs.x ?? inputs.dy) as tf.Tensor);
      },
    });
  }
  try {
    const x = tf.ones([1, 1, 2, H]);
    expectClose(gradients((z) => rope(z!, table, { offset: 3 }), [x])[0]!, tf.fill([2 * H], -1));
    const attrs = '{"layout":"half","offset":3}';
    expect(seen).toEqual([`Rope(x,cos,sin; ${attrs})`, `RopeGrad(dy,cos,sin; ${attrs})`]);
  } finally {
    for (const name of ["Rope", "RopeGrad"]) tf.unregisterKernel(name, "cpu");
  }
});

test("errors teach", () => {
  const x = tf.zeros([1, 2, 8, H]);
  expect(() => rope(x, table, { offset: 193 })).toThrow("rope: positions 193 … 200 exceed the table's 200");
  expect(() => rope(x, table, { offset: -1 })).toThrow("offset must be a whole number");
  expect(() => rope(tf.zeros([2, 6]), table)).toThrow("the table rotates 8 features, but x [2,6] has only 6");
  expect(() => rope(tf.zeros([H]), table)).toThrow("[..., time, headDim]");
  expect(() => rope(x, { cos: table.cos, sin: tf.zeros([2, 2]) })).toThrow("cos and sin must both be");
  expect(() => rope(x, table, { layout: "neox" as never })).toThrow('"half" or "interleaved", got "neox"');
});
