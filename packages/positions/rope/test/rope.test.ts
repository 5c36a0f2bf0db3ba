import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RopeLayout, rope, rope2d, ropeTable } from "../src/index.js";

interface Case extends Record<"x" | "dy" | "y" | "dx", never> {
  layout: RopeLayout;
  rotaryDim: number;
  base: number;
  offset: number;
}
type WithIds = Omit<Case, "base" | "offset"> & { ids: never };
const { cases, ids, twoDimensional } = readFixture<{ cases: Case[]; ids: WithIds[]; twoDimensional: WithIds[] }>(
  import.meta.url,
  "fixtures/rope.json",
);
const int32 = (values: never): tf.Tensor => tf.cast(tf.tensor(values), "int32");

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

  test.each(ids)("PyTorch: $layout, $rotaryDim of 8 features, position ids $ids", (t) => {
    const table = ropeTable({ headDim: t.rotaryDim, length: 12 });
    const f = (x: tf.Tensor): tf.Tensor => rope(x, table, { layout: t.layout, positions: int32(t.ids) });
    expectClose(f(tf.tensor(t.x)), t.y, { absolute: 1e-6, relative: 0 });
    expectClose(gradients((x) => f(x!), [tf.tensor(t.x)], tf.tensor(t.dy))[0]!, t.dx, { absolute: 1e-6, relative: 0 });
  });

  test.each(twoDimensional)("PyTorch: two dimensions, positions $ids", (t) => {
    const table = ropeTable({ headDim: 4, length: 12 });
    const f = (x: tf.Tensor): tf.Tensor => rope2d(x, table, int32(t.ids));
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

test("ids that count up are an offset, for one table or for each sequence", () => {
  const x = tf.randomNormal([2, 3, 5, H], 0, 1, "float32", 1);
  for (const how of ["half", "interleaved"] as const) {
    const expected = rope(x, table, { layout: how, offset: 7 }).dataSync();
    const row = tf.range(7, 12, 1, "int32");
    for (const positions of [row, tf.reshape(row, [1, 5]), tf.stack([row, row])]) {
      expectClose(rope(x, table, { layout: how, positions }), expected, { absolute: 0, relative: 0 });
    }
  }
});

test("in two dimensions, scores depend on both distances alone", () => {
  const place = fc.integer({ min: 0, max: 90 });
  const small = ropeTable({ headDim: H / 2, length: 200 });
  const turn = (x: number[], p: number, q: number): number[] =>
    Array.from(
      tf.tidy(() => rope2d(tf.tensor(x, [1, 1, 1, H]), small, tf.tensor2d([[p], [q]], [2, 1], "int32"))).dataSync(),
    );
  fc.assert(
    fc.property(features, features, place, place, place, place, place, place, (q, k, a, b, c, d, s, t) => {
      const score = dot(turn(q, a, b), turn(k, c, d));
      expectClose([dot(turn(q, a + s, b + t), turn(k, c + s, d + t))], [score], { absolute: 1e-5 });
    }),
    { numRuns: 30 },
  );
});

test("only the result stays, in a tidy or not", () => {
  const x = tf.ones([1, 2, 3, H]);
  expectNoLeak(() => gradients((z) => rope(z!, table, { layout: "interleaved" }), [x]));
  const before = tf.memory().numTensors;
  const y = rope(x, table);
  expect(tf.memory().numTensors).toBe(before + 1);
  y.dispose();
  const positions = tf.tensor([[0, 1, 2]], [1, 3], "int32");
  expectNoLeak(() => gradients((z) => rope(z!, table, { positions }), [x]));
  const [narrow, both] = [ropeTable({ headDim: 4, length: 9 }), tf.concat([positions, positions])];
  expectNoLeak(() => gradients((z) => rope2d(z!, narrow, both), [x]));
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
    seen.length = 0;
    rope(x, table, { positions: tf.tensor([5, 3], [2], "int32") });
    expect(seen).toEqual(['Rope(x,cos,sin; {"layout":"half","offset":0})']);
    rope(tf.ones([2, 1, 2, H]), table, { positions: tf.tensor([5, 3, 0, 1], [2, 2], "int32") });
    expect(seen.length).toBe(1);
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
  const at = (values: number[], shape: number[], dtype: "int32" | "float32" = "int32") => ({
    positions: tf.tensor(values, shape, dtype),
  });
  expect(() => rope(tf.zeros([1, 1, 2, H]), table, at([0, 200], [2]))).toThrow("position 200 exceeds the table's 200");
  expect(() => rope(tf.zeros([1, 1, 2, H]), table, at([0, -1], [2]))).toThrow("position -1 exceeds");
  expect(() => rope(x, table, at([0, 1], [2]))).toThrow(
    "int32 of shape [8] or [1,8] to match x, got int32 of shape [2]",
  );
  expect(() => rope(tf.zeros([1, 1, 2, H]), table, at([0, 1], [2], "float32"))).toThrow("got float32");
  expect(() => rope(tf.zeros([1, 1, 2, H]), table, { offset: 1, ...at([0, 1], [2]) })).toThrow("not both");
  expect(() => rope2d(x, table, tf.zeros([8], "int32"))).toThrow("[2, time] or [batch, 2, time]");
  expect(() => rope2d(tf.zeros([2, 8]), table, tf.zeros([2, 8], "int32"))).toThrow("with an even headDim, got [2,8]");
});
