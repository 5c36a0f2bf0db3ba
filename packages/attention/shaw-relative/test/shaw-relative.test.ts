import "@tensorflow/tfjs-backend-wasm";
import { attention } from "@llm/attention";
import { KVCache } from "@llm/kv-cache";
import { paddingMask } from "@llm/mask";
import { gradients, valueAndGrads } from "@llm/ops";
import { Random } from "@llm/random";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ShawAttention, shawAttention } from "../src/index.js";

interface Packed {
  shape: number[];
  values: number[];
}
type Named<T> = Record<"q" | "k" | "v" | "keyTable", T> & { valueTable?: T };
interface Case {
  name: string;
  mask: "causal" | "none";
  dy: Packed;
  y: Packed;
  inputs: Named<Packed>;
  grads: Named<Packed>;
}
const cases = readFixture<Case[]>(import.meta.url, "fixtures/shaw.json");
const unpack = ({ shape, values }: Packed): tf.Tensor => tf.tensor(values, shape);
const random = new Random(23);
const normal = (shape: number[]): tf.Tensor =>
  tf.tensor(random.fillNormal(new Float32Array(shape.reduce((n, d) => n * d, 1))), shape);

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(cases.map((c): [string, Case] => [c.name, c]))("values and gradients are PyTorch's: %s", (_, c) => {
    const f = (...[q, k, v, keyTable, valueTable]: tf.Tensor[]): tf.Tensor =>
      shawAttention(q!, k!, v!, { mask: c.mask, keyTable: keyTable!, valueTable });
    const inputs = Object.values(c.inputs).map(unpack);
    // float64 against some twenty float32 operations on values of size 1.
    const tolerance = { absolute: 1e-5, relative: 1e-4 };
    expectClose(f(...inputs), c.y.values, tolerance);
    const grads = gradients(f, inputs, unpack(c.dy));
    for (const [i, expected] of Object.values(c.grads).entries()) expectClose(grads[i]!, expected.values, tolerance);
    expectNoLeak(() => gradients(f, inputs));
  });
});

test("tables of zeros: plain attention, whatever its options", () => {
  const [q, k, v] = [normal([2, 2, 3, 4]), normal([2, 2, 5, 4]), normal([2, 2, 5, 4])] as const;
  const tables = { keyTable: tf.zeros([5, 4]), valueTable: tf.zeros([5, 4]) };
  for (const options of [{}, { window: 2 }, { mask: paddingMask([5, 0], 5), softCap: 2 }, { bias: normal([3, 5]) }]) {
    expectClose(shawAttention(q, k, v, { ...options, ...tables }), attention(q, k, v, options).dataSync());
  }
});

test("∂out_i/∂in_j is exactly 0 for later positions", () => {
  const [T, tables] = [5, { keyTable: normal([5, 2]), valueTable: normal([5, 2]) }];
  const x = normal([1, 1, T, 2]);
  for (let i = 0; i < T; i++) {
    const row = (x: tf.Tensor): tf.Tensor => tf.slice(shawAttention(x, x, x, tables), [0, 0, i, 0], [1, 1, 1, 2]);
    const grad = gradients((x) => row(x!), [x])[0]!.dataSync();
    for (let j = 0; j < T; j++) expect([i, j, grad[2 * j] !== 0 || grad[2 * j + 1] !== 0]).toEqual([i, j, j <= i]);
  }
});

test("the module: names, cached decoding, every parameter learns", () => {
  const layer = new ShawAttention({ dim: 6, heads: 2, maxDistance: 2, bias: false, std: 0.5, random: new Random(1) });
  expect([...layer.namedParameters()].map(([name, { shape }]) => [name, shape]).slice(0, 2)).toEqual([
    ["relative_keys", [5, 3]],
    ["relative_values", [5, 3]],
  ]);
  expect(new ShawAttention({ dim: 6, heads: 2, values: false }).relativeValues).toBeUndefined();
  const x = normal([2, 6, 6]);
  const cache = new KVCache({ layers: 1 });
  const steps = [2, 1, 3].map((size) => layer.forward(tf.slice(x, [0, cache.length, 0], [2, size, 6]), { cache }));
  expectClose(tf.concat(steps, 1), layer.forward(x), { absolute: 1e-5 });
  cache.dispose();
  const { grads } = valueAndGrads(() => tf.sum(tf.square(layer.forward(x))) as tf.Scalar, layer.namedParameters());
  for (const grad of grads.values()) expect(grad.dataSync().some((value) => value !== 0)).toBe(true);
});

test("errors teach", () => {
  const x = normal([1, 2, 3, 4]);
  expect(() => shawAttention(x, x, x, { keyTable: tf.zeros([4, 4]) })).toThrow(
    "keyTable must be [2R + 1, 4], a row for each distance −R … R, got shape [4,4]",
  );
  expect(() => shawAttention(x, x, x, { keyTable: tf.zeros([3, 4]), valueTable: tf.zeros([3, 5]) })).toThrow(
    "valueTable",
  );
  expect(() => shawAttention(x, normal([1, 2, 2, 4]), x, { keyTable: tf.zeros([3, 4]) })).toThrow("and T ≤ S");
  expect(() => new ShawAttention({ dim: 4, heads: 2, maxDistance: 0 })).toThrow("maxDistance must be a positive");
});
