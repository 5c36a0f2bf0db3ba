import "@tensorflow/tfjs-backend-wasm";
import { KVCache } from "@llm/kv-cache";
import { combineMasks, paddingMask, prefixMask } from "@llm/mask";
import { Module, parameter } from "@llm/module";
import { valueAndGrads } from "@llm/ops";
import { Random, withRandom } from "@llm/random";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import {
  add,
  concat,
  memory,
  mul,
  reshape,
  type Scalar,
  setBackend,
  slice,
  sum,
  type Tensor,
  tensor,
  tidy,
  transpose,
  zeros,
} from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { attention, MultiHeadAttention, type Position } from "../src/index.js";

interface Packed {
  shape: number[];
  values: number[];
}
interface Fixture extends Record<"x" | "dy" | "y" | "dx", Packed> {
  dim: number;
  heads: number;
  state: Record<string, Packed>;
  grads: Record<string, Packed>;
}
const fixture = readFixture<Fixture>(import.meta.url, "fixtures/multi-head.json");
const unpack = ({ shape, values }: Packed): Tensor => tensor(values, shape);
const random = new Random(3);
const normal = (shape: number[]): Tensor =>
  tensor(random.fillNormal(new Float32Array(shape.reduce((n, d) => n * d, 1))), shape);

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await setBackend(backend)));
  afterAll(async () => void (await setBackend("cpu")));

  test("is PyTorch's nn.MultiheadAttention, gradients of all parameters included", () => {
    const { dim, heads, state, x, y, dy, grads } = fixture;
    const layer = new MultiHeadAttention({ dim, heads });
    layer.loadStateDict(new Map(Object.entries(state).map(([name, packed]) => [name, unpack(packed)])));
    // float64 against float32: sums of 8 products of size 1, three deep; the gradients are sums over 10 rows.
    const tolerance = { absolute: 3e-5, relative: 1e-4 };
    expectClose(layer.forward(unpack(x)), y.values, tolerance);
    const result = valueAndGrads(
      () => sum(mul(layer.forward(unpack(x)), unpack(dy))) as Scalar,
      layer.namedParameters(),
    );
    for (const [name, expected] of Object.entries(grads)) {
      expectClose(result.grads.get(name)!, expected.values, tolerance);
    }
  });
});

/** Adds another vector at each position, so that a wrong offset changes the result. */
const position: Position = {
  forward: (x, at) => {
    const offset = at as number;
    const [t, h] = x.shape.slice(2) as [number, number];
    const values = Array.from({ length: t * h }, (_, i) => Math.sin(1 + offset * h + i));
    return add(x, tensor(values, [1, 1, t, h]));
  },
};

describe("with a cache", () => {
  const dim = 6;
  const layers = [0, 1].map(
    (i) => new MultiHeadAttention({ dim, heads: 2, position, random: new Random(5).fork(i), std: 0.5 }),
  );
  const run = (x: Tensor, cache?: KVCache): Tensor =>
    layers.reduce((h, layer, i) => add(h, layer.forward(h, { ...(cache && { cache }), layer: i })), x);

  /** Steps through x from the cache's length in pieces of the given sizes (the last takes the rest). */
  const decode = (x: Tensor, cache: KVCache, sizes: number[]): Tensor => {
    const parts: Tensor[] = [];
    const total = x.shape[1] as number;
    for (let i = 0; cache.length < total; i++) {
      const from = cache.length;
      const size = Math.min(sizes[i] ?? 1, total - from);
      parts.push(run(slice(x, [0, from, 0], [2, size, dim]), cache));
    }
    return concat(parts, 1);
  };

  test("step by step equals the full forward pass, and truncating and going on a fresh start", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { maxLength: 4 });
    fc.assert(
      fc.property(sizes, sizes, fc.integer({ min: 0, max: 7 }), (first, second, kept) => {
        const before = memory().numTensors;
        tidy(() => {
          const [x, other] = [normal([2, 7, dim]), normal([2, 7, dim])];
          const cache = new KVCache({ layers: 2 });
          // 1e-5: the same float32 sums, in another order where the product's shape differs.
          expectClose(decode(x, cache, first), run(x), { absolute: 1e-5 });
          expect(cache.length).toBe(7);
          cache.truncate(kept);
          if (kept < 7) {
            const mixed = concat(
              [slice(x, [0, 0, 0], [2, kept, dim]), slice(other, [0, kept, 0], [2, 7 - kept, dim])],
              1,
            );
            const rest = decode(mixed, cache, second);
            expectClose(rest, slice(run(mixed), [0, kept, 0], [2, 7 - kept, dim]), { absolute: 1e-5 });
          }
          cache.dispose();
        });
        // The causal bias may have come into being.
        expect(memory().numTensors - before).toBeLessThanOrEqual(1);
      }),
      { numRuns: 20 },
    );
  });
});

test("names its parameters as Hugging Face's Llama does", () => {
  const layer = new MultiHeadAttention({ dim: 6, heads: 2, headDim: 4 });
  expect([...layer.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([
    ["q_proj.weight", [8, 6]],
    ["q_proj.bias", [8]],
    ["k_proj.weight", [8, 6]],
    ["k_proj.bias", [8]],
    ["v_proj.weight", [8, 6]],
    ["v_proj.bias", [8]],
    ["o_proj.weight", [6, 8]],
    ["o_proj.bias", [6]],
  ]);
  expect(new MultiHeadAttention({ dim: 4, heads: 2, bias: false }).namedParameters().size).toBe(4);
});

test("each projection starts with its own numbers, at the given scale", () => {
  const layer = new MultiHeadAttention({ dim: 64, heads: 4, std: 0.02, projectionStd: 0.005, random: new Random(1) });
  const std = (x: Tensor): number => Math.sqrt(Array.from(x.dataSync()).reduce((s, v) => s + v * v, 0) / x.size);
  // 4096 values: four standard errors of the deviation are 4.4 %.
  for (const { weight } of [layer.qProj, layer.kProj, layer.vProj]) {
    expect(Math.abs(std(weight) / 0.02 - 1)).toBeLessThan(0.044);
  }
  expect(Math.abs(std(layer.oProj.weight) / 0.005 - 1)).toBeLessThan(0.044);
  expect(new Set([layer.qProj, layer.kProj, layer.vProj].map(({ weight }) => weight.dataSync()[0])).size).toBe(3);
});

test("each projection may have a bias of its own; the value projection a deviation of its own", () => {
  const names = (bias: ConstructorParameters<typeof MultiHeadAttention>[0]["bias"]) =>
    [...new MultiHeadAttention({ dim: 4, heads: 2, bias }).namedParameters().keys()].filter((name) =>
      /bias/.test(name),
    );
  expect(names({ q: true, k: true, v: true })).toEqual(["q_proj.bias", "k_proj.bias", "v_proj.bias"]);
  expect(names({ o: true })).toEqual(["o_proj.bias"]);
  const layer = new MultiHeadAttention({ dim: 64, heads: 2, std: 1, valueStd: 0, projectionStd: 0.5 });
  expect(layer.vProj.weight.dataSync().every((value) => value === 0)).toBe(true);
  expect(layer.kProj.weight.dataSync().some((value) => value !== 0)).toBe(true);
});

/** Doubles the features of one head each, so that a norm in the wrong place shows. */
class Doubling extends Module {
  weight = parameter(tensor([1, 2]));
  forward(x: Tensor): Tensor {
    return mul(x, this.weight);
  }
}

test("slopes, scale, cap, window and norms of the configuration reach the attention", () => {
  const [qNorm, kNorm] = [new Doubling(), new Doubling()];
  const options = { scale: 0.3, softCap: 2, window: 3, sinks: 1 };
  const plain = { dim: 4, heads: 2, position, random: new Random(5) };
  const layer = new MultiHeadAttention({ ...plain, ...options, slopes: [0.5, 0.25], qNorm, kNorm });
  expect([...layer.namedParameters().keys()].slice(-2)).toEqual(["q_norm.weight", "k_norm.weight"]);
  const x = normal([1, 6, 4]);
  const bias = normal([1, 2, 6, 6]);
  const heads = (projection: { forward(x: Tensor): Tensor }): Tensor =>
    transpose(reshape(projection.forward(x), [1, 6, 2, 2]), [0, 2, 1, 3]);
  const [q, k] = [layer.qProj, layer.kProj].map((each) => position.forward(mul(heads(each), tensor([1, 2])), 0));
  const slopes = tensor([0.5, 0.25]);
  const y = attention(q!, k!, heads(layer.vProj), { ...options, slopes, bias });
  const expected = layer.oProj.forward(reshape(transpose(y, [0, 2, 1, 3]), [1, 6, 4]));
  expectClose(layer.forward(x, { bias }), expected);
  expectNoLeak(() => layer.forward(x, { bias }));
});

test("positions go to the encoding instead of the cache's length; lengths and prefix to the attention", () => {
  const seen: (number | Tensor)[] = [];
  const spy: Position = {
    forward: (x, at) => {
      seen.push(at);
      return x;
    },
  };
  const layer = new MultiHeadAttention({ dim: 4, heads: 2, position: spy });
  const x = normal([2, 3, 4]);
  const positions = tensor([5, 6, 7], [3], "int32");
  layer.forward(x, { positions });
  expect(seen).toEqual([positions, positions]);
  const int32 = (values: number[]): Tensor => tensor(values, [2], "int32");
  const masked = combineMasks(slice(prefixMask([2, 0], 3), [0, 0, 0, 0], [2, 1, 3, 3]), paddingMask([2, 3], 3));
  const expected = layer.forward(x, { mask: masked });
  expectClose(layer.forward(x, { prefix: int32([2, 0]), lengths: int32([2, 3]) }), expected);
});

test("dropout is on in training only", () => {
  const layer = new MultiHeadAttention({ dim: 4, heads: 2, dropout: 0.5 });
  const x = normal([1, 4, 4]);
  const plain = new MultiHeadAttention({ dim: 4, heads: 2 }).forward(x);
  expect(() => layer.forward(x)).toThrow("withRandom");
  const dropped = withRandom(new Random(1), () => layer.forward(x));
  expect(() => expectClose(dropped, plain, { absolute: 1e-3 })).toThrow("expected");
  expectClose(layer.eval().forward(x), plain, { absolute: 0, relative: 0 });
});

test("no tensor stays behind", () => {
  const layer = new MultiHeadAttention({ dim: 4, heads: 2 });
  expectNoLeak(() => layer.forward(zeros([1, 3, 4])));
});

test("size errors teach", () => {
  expect(() => new MultiHeadAttention({ dim: 6, heads: 4 })).toThrow("headDim must be a positive integer, got 1.5");
  expect(() => new MultiHeadAttention({ dim: 6, heads: 0 })).toThrow("heads must be a positive integer, got 0");
  expect(() => new MultiHeadAttention({ dim: 6, heads: 2 }).forward(zeros([3, 6]))).toThrow(
    "MultiHeadAttention: x must be [batch, time, dim], got shape [3,6]",
  );
});
