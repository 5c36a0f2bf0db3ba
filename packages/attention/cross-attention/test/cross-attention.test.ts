import "@tensorflow/tfjs-backend-wasm";
import { Module, parameter } from "@llm/module";
import { gradients, valueAndGrads } from "@llm/ops";
import { Random, withRandom } from "@llm/random";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CrossAttention, type KeysValues } from "../src/index.js";

interface Packed {
  shape: number[];
  values: number[];
}
interface Fixture extends Record<"x" | "memory" | "dy" | "y" | "dx" | "dmemory", Packed> {
  dim: number;
  memoryDim: number;
  heads: number;
  lengths: number[];
  state: Record<string, Packed>;
  grads: Record<string, Packed>;
}
const fixture = readFixture<Fixture>(import.meta.url, "fixtures/cross-attention.json");
const unpack = ({ shape, values }: Packed): tf.Tensor => tf.tensor(values, shape);
const random = new Random(18);
const normal = (shape: number[]): tf.Tensor =>
  tf.tensor(random.fillNormal(new Float32Array(shape.reduce((n, d) => n * d, 1))), shape);

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test("is PyTorch's nn.MultiheadAttention with padded keys, gradients of everything included", () => {
    const layer = new CrossAttention(fixture);
    layer.loadStateDict(new Map(Object.entries(fixture.state).map(([name, packed]) => [name, unpack(packed)])));
    const [x, memory, dy] = [fixture.x, fixture.memory, fixture.dy].map(unpack) as [tf.Tensor, tf.Tensor, tf.Tensor];
    const memoryLengths = tf.tensor1d(fixture.lengths, "int32");
    const f = (x: tf.Tensor, memory: tf.Tensor): tf.Tensor => layer.forward(x, { memory, memoryLengths });
    // float64 against float32: sums of 8 products of size 1, three deep; the gradients are sums over 10 rows.
    const tolerance = { absolute: 3e-5, relative: 1e-4 };
    expectClose(f(x, memory), fixture.y.values, tolerance);
    const [dx, dmemory] = gradients((...xs) => f(xs[0]!, xs[1]!), [x, memory], dy);
    expectClose(dx!, fixture.dx.values, tolerance);
    expectClose(dmemory!, fixture.dmemory.values, tolerance);
    const loss = (): tf.Scalar => tf.sum(tf.mul(f(x, memory), dy));
    const { grads } = valueAndGrads(loss, layer.namedParameters());
    expect([...grads.keys()].sort()).toEqual(Object.keys(fixture.grads).sort());
    for (const [name, grad] of grads) expectClose(grad, fixture.grads[name]!.values, tolerance);
  });
});

/** Another norm for queries than for keys, so that a mix-up shows. */
class Scale extends Module {
  weight = parameter(tf.scalar(1));
  constructor(by: number) {
    super();
    this.weight.assign(tf.scalar(by));
  }
  forward(x: tf.Tensor): tf.Tensor {
    return tf.mul(x, this.weight);
  }
}

test("step by step with keys and values of each layer equals one pass", () => {
  const layers = [0, 1].map(
    (i) => new CrossAttention({ dim: 6, heads: 3, kvHeads: 1, random: new Random(i), kNorm: new Scale(3), std: 0.5 }),
  );
  const [x, memory] = [normal([2, 4, 6]), normal([2, 5, 6])];
  const run = (x: tf.Tensor, memory: tf.Tensor | KeysValues[]): tf.Tensor =>
    layers.reduce((h, layer, i) => tf.add(h, layer.forward(h, { memory, layer: i })), x);
  const kept = layers.map((layer) => layer.keysValues(memory));
  expect(kept[0]!.k.shape).toEqual([2, 1, 5, 2]);
  const steps = [0, 1, 2, 3].map((t) => run(tf.slice(x, [0, t, 0], [2, 1, 6]), kept));
  // The same float32 sums, in another order where the product's shape differs.
  expectClose(tf.concat(steps, 1), run(x, memory), { absolute: 1e-5 });
  expect(kept.every(({ k, v }) => !k.isDisposed && !v.isDisposed)).toBe(true);
});

test("padding and masks hide what they say, gradients included", () => {
  const layer = new CrossAttention({ dim: 4, heads: 2 });
  const [x, memory] = [normal([1, 2, 4]), normal([1, 3, 4])];
  const flows = (options: object): boolean[] => {
    const [grad] = gradients((memory) => layer.forward(x, { memory: memory!, ...options }), [memory]);
    const values = Array.from(grad!.dataSync());
    return [0, 1, 2].map((s) => values.slice(4 * s, 4 * s + 4).some((value) => value !== 0));
  };
  expect(flows({})).toEqual([true, true, true]);
  expect(flows({ memoryLengths: tf.tensor1d([2], "int32") })).toEqual([true, true, false]);
  expect(flows({ memoryMask: tf.tensor([0, 1, 1], [3], "bool") })).toEqual([false, true, true]);
});

test("scale, norms and single biases; dropout in training only", () => {
  const config = { dim: 4, heads: 2, std: 1, random: new Random(4) };
  const [x, memory] = [normal([1, 2, 4]), normal([1, 3, 4])];
  const scaled = new CrossAttention({ ...config, scale: 3 * 2 ** -0.5, bias: { v: true } });
  const normed = new CrossAttention({ ...config, qNorm: new Scale(3), bias: false });
  expectClose(scaled.forward(x, { memory }), normed.forward(x, { memory }));
  expect([...scaled.namedParameters().keys()].filter((name) => /bias/.test(name))).toEqual(["v_proj.bias"]);
  const dropping = new CrossAttention({ ...config, dropout: 0.5 });
  expect(() => dropping.forward(x, { memory })).toThrow("withRandom");
  withRandom(new Random(1), () => dropping.forward(x, { memory }));
  expectClose(dropping.eval().forward(x, { memory }), new CrossAttention(config).forward(x, { memory }));
});

test("no tensor stays behind", () => {
  const layer = new CrossAttention({ dim: 4, heads: 2 });
  const [x, memory] = [normal([1, 2, 4]), normal([1, 3, 4])];
  expectNoLeak(() => gradients((...xs) => layer.forward(xs[0]!, { memory: xs[1]! }), [x, memory]));
  expectNoLeak(() => layer.keysValues(memory));
});

test("errors teach", () => {
  expect(() => new CrossAttention({ dim: 6, heads: 4 })).toThrow("headDim must be a positive integer, got 1.5");
  expect(() => new CrossAttention({ dim: 8, heads: 4, kvHeads: 3 })).toThrow("kvHeads must divide heads = 4, got 3");
  const layer = new CrossAttention({ dim: 4, heads: 2 });
  expect(() => layer.forward(normal([1, 2, 4]))).toThrow("the memory (of layer 0) to attend to, got no memory");
  expect(() => layer.forward(normal([1, 2, 4]), { memory: [], layer: 3 })).toThrow("(of layer 3)");
  expect(() => layer.forward(normal([2, 4]), { memory: normal([1, 2, 4]) })).toThrow("got x of shape [2,4]");
});
