import "@tensorflow/tfjs-backend-wasm";
import { type AttentionOptions, attention, MultiHeadAttention } from "@llm/attention";
import { KVCache } from "@llm/kv-cache";
import { type AttentionMask, paddingMask } from "@llm/mask";
import { gradients } from "@llm/ops";
import { Random, withRandom } from "@llm/random";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import {
  concat,
  memory,
  reshape,
  setBackend,
  slice,
  stack,
  type Tensor,
  tensor,
  tidy,
  zeros,
} from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { GroupedQueryAttention, groupedQueryAttention, poolHeads, toGroupedQuery } from "../src/index.js";

interface Packed {
  shape: number[];
  values: number[];
}
type Case = Record<"q" | "k" | "v" | "dy" | "y" | "dq" | "dk" | "dv", Packed> & {
  name: string;
  mask: "none" | "causal" | Packed;
};
const cases = readFixture<Case[]>(import.meta.url, "fixtures/gqa.json");
const unpack = ({ shape, values }: Packed): Tensor => tensor(values, shape);
const random = new Random(7);
const normal = (shape: number[]): Tensor =>
  tensor(random.fillNormal(new Float32Array(shape.reduce((n, d) => n * d, 1))), shape);
const exactly = { absolute: 0, relative: 0 };

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await setBackend(backend)));
  afterAll(async () => void (await setBackend("cpu")));

  test.each(cases.map((c): [string, Case] => [c.name, c]))("values and gradients are PyTorch's: %s", (_, c) => {
    const { mask } = c;
    const allowed = typeof mask === "string" ? mask : tensor(mask.values, mask.shape, "bool");
    const f = (...[q, k, v]: Tensor[]): Tensor => groupedQueryAttention(q!, k!, v!, { mask: allowed });
    const inputs = [c.q, c.k, c.v].map(unpack);
    // PyTorch's values are of float64; a dozen float32 operations on values of size 1 err by some 1e-6.
    const tolerance = { absolute: 1e-5, relative: 1e-4 };
    expectClose(f(...inputs), c.y.values, tolerance);
    const grads = gradients(f, inputs, unpack(c.dy));
    for (const [i, expected] of [c.dq, c.dk, c.dv].entries()) expectClose(grads[i]!, expected.values, tolerance);
  });

  test("as many heads of keys as of queries is multi-head attention, bit for bit", () => {
    const inputs = [normal([2, 3, 4, 5]), normal([2, 3, 6, 5]), normal([2, 3, 6, 5])];
    const all: AttentionOptions[] = [
      {},
      { mask: "none" },
      { mask: paddingMask([6, 2], 6) },
      { window: 2, sinks: 1, softCap: 3, scale: 1, bias: normal([1, 3, 4, 6]), slopes: tensor([0.5, 0.2, 0.1]) },
    ];
    for (const options of all) {
      const [grouped, full] = [groupedQueryAttention, attention].map((op) => {
        const f = (...[q, k, v]: Tensor[]): Tensor => op(q!, k!, v!, options);
        return [f(...inputs), ...gradients(f, inputs)];
      });
      for (const [i, value] of grouped!.entries()) expectClose(value, full![i]!, exactly);
    }
  });
});

test("multi-query attention is one group, and multi-head attention with tied heads", () => {
  const sizes = fc.record({
    kvHeads: fc.integer({ min: 1, max: 3 }),
    group: fc.integer({ min: 1, max: 4 }),
    t: fc.integer({ min: 1, max: 4 }),
    window: fc.integer({ min: 1, max: 6 }),
    softCap: fc.constantFrom(undefined, 2),
  });
  fc.assert(
    fc.property(sizes, ({ kvHeads, group, t, window, softCap }) =>
      tidy(() => {
        const [q, k, v] = [normal([2, kvHeads * group, t, 3]), normal([2, kvHeads, 5, 3]), normal([2, kvHeads, 5, 3])];
        const tie = (x: Tensor): Tensor => reshape(stack(Array(group).fill(x), 2), [2, kvHeads * group, 5, 3]);
        const options: AttentionOptions = { window, softCap, bias: normal([kvHeads * group, t, 5]) };
        const expected = attention(q!, tie(k!), tie(v!), options);
        expectClose(groupedQueryAttention(q!, k!, v!, options), expected, { absolute: 1e-6 });
      }),
    ),
    { numRuns: 25 },
  );
});

describe("converting a checkpoint of multi-head attention", () => {
  const config = { dim: 8, heads: 4, bias: true };

  test("each new head is the mean of its group; queries and output stay", () => {
    const weight = tensor(
      [1, 2, 3, 4, 5, 6, 7, 8].flatMap((row) => [row, 10 * row]),
      [8, 2],
    );
    // Four heads of two rows each.
    expectClose(poolHeads(weight, { heads: 4, kvHeads: 2 }), [2, 20, 3, 30, 6, 60, 7, 70], exactly);
    expectClose(poolHeads(tensor([1, 2, 5, 6]), { heads: 4, kvHeads: 1 }), [3.5], exactly);
    const full = new MultiHeadAttention({ ...config, random: new Random(3) });
    const state = toGroupedQuery(new Map([...full.stateDict()].map(([path, x]) => [`layers.0.${path}`, x])), {
      heads: 4,
      kvHeads: 2,
    });
    const grouped = new GroupedQueryAttention({ ...config, kvHeads: 2 });
    grouped.loadStateDict(new Map([...state].map(([path, x]) => [path.slice("layers.0.".length), x])));
    expectClose(grouped.kProj.weight, poolHeads(full.kProj.weight, { heads: 4, kvHeads: 2 }).dataSync(), exactly);
    for (const path of ["q_proj.weight", "o_proj.weight", "o_proj.bias"]) {
      expectClose(grouped.stateDict().get(path)!, full.stateDict().get(path)!.dataSync(), exactly);
    }
  });

  test("a model whose heads agree within each group computes the same afterwards", () => {
    const grouped = new GroupedQueryAttention({ ...config, kvHeads: 2, random: new Random(2) });
    const repeat = (x: Tensor): Tensor => {
      const heads = reshape(x, [2, 2, ...x.shape.slice(1)]);
      return reshape(stack([heads, heads], 1), [8, ...x.shape.slice(1)]);
    };
    const tied = new Map(
      [...grouped.stateDict()].map(([path, x]) => [path, /^[kv]_proj/.test(path) ? repeat(x) : x] as const),
    );
    const full = new MultiHeadAttention(config);
    full.loadStateDict(tied);
    const back = new GroupedQueryAttention({ ...config, kvHeads: 2 });
    back.loadStateDict(toGroupedQuery(full.stateDict(), { heads: 4, kvHeads: 2 }));
    const x = normal([2, 5, 8]);
    expectClose(back.forward(x), full.forward(x), { absolute: 1e-6 });
  });

  test("nothing leaks, errors teach", () => {
    const weight = tensor([1, 2, 3, 4], [4, 1]);
    const before = memory().numTensors;
    poolHeads(weight, { heads: 4, kvHeads: 2 }).dispose();
    for (const x of toGroupedQuery(new Map([["k_proj.weight", weight]]), { heads: 2, kvHeads: 1 }).values())
      x.dispose();
    expect(memory().numTensors).toBe(before);
    expect(() => poolHeads(weight, { heads: 4, kvHeads: 3 })).toThrow(
      "kvHeads must divide heads, and heads the rows of [4,1], got 3 and 4",
    );
    expect(() => poolHeads(weight, { heads: 3, kvHeads: 1 })).toThrow("got 1 and 3");
  });
});

test("a query without any allowed key gives zeros", () => {
  const [q, k] = [normal([2, 4, 2, 2]), normal([2, 2, 3, 2])];
  const y = groupedQueryAttention(q, k, k, { mask: paddingMask([0, 3], 3) }).dataSync();
  expect(y.slice(0, 16).every((value) => value === 0)).toBe(true);
  expect(y.slice(16).every((value) => value !== 0)).toBe(true);
});

test("dropout draws from the scope", () => {
  const [q, k] = [normal([1, 4, 3, 2]), normal([1, 2, 3, 2])];
  const draw = (seed: number): number[] =>
    Array.from(withRandom(new Random(seed), () => groupedQueryAttention(q, k, k, { dropout: 0.5 })).dataSync());
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
});

test("the module equals multi-head attention with the rows of k and v repeated for each group", () => {
  const config = { dim: 8, heads: 4, bias: true };
  const grouped = new GroupedQueryAttention({ ...config, kvHeads: 2, random: new Random(2) });
  grouped.kProj.bias!.assign(normal([4]) as never);
  const full = new MultiHeadAttention(config);
  const state = new Map<string, Tensor>(grouped.stateDict());
  for (const name of ["k_proj", "v_proj"].flatMap((p) => [`${p}.weight`, `${p}.bias`])) {
    const value = state.get(name)!;
    const rest = value.shape.slice(1);
    const heads = reshape(value, [2, 2, ...rest]);
    state.set(name, reshape(stack([heads, heads], 1), [8, ...rest]));
  }
  full.loadStateDict(state);
  const x = normal([2, 5, 8]);
  // The same numbers in products of other shapes, whose sums may be taken in another order.
  expectClose(grouped.forward(x), full.forward(x), { absolute: 1e-6 });
});

test("cached decoding equals the full forward pass, for any pieces", () => {
  const layer = new GroupedQueryAttention({ dim: 6, heads: 3, kvHeads: 1, std: 0.5 });
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 }), (sizes) => {
      const before = memory().numTensors;
      tidy(() => {
        const x = normal([2, 6, 6]);
        const cache = new KVCache({ layers: 1 });
        const parts: Tensor[] = [];
        for (let i = 0; cache.length < 6; i++) {
          const [from, size] = [cache.length, Math.min(sizes[i] ?? 1, 6 - cache.length)];
          parts.push(layer.forward(slice(x, [0, from, 0], [2, size, 6]), { cache }));
        }
        expectClose(concat(parts, 1), layer.forward(x), { absolute: 1e-5 });
        cache.dispose();
      });
      // The causal bias may have come into being.
      expect(memory().numTensors - before).toBeLessThanOrEqual(1);
    }),
    { numRuns: 15 },
  );
});

test("names and shapes of its parameters, without biases by default", () => {
  const layer = new GroupedQueryAttention({ dim: 8, heads: 4, kvHeads: 2, headDim: 3 });
  expect([...layer.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([
    ["q_proj.weight", [12, 8]],
    ["k_proj.weight", [6, 8]],
    ["v_proj.weight", [6, 8]],
    ["o_proj.weight", [8, 12]],
  ]);
});

test("no tensor stays behind, in forward and in backward", () => {
  const inputs = [normal([1, 4, 3, 2]), normal([1, 2, 3, 2]), normal([1, 2, 3, 2])];
  for (const mask of ["causal", paddingMask([2], 3)] as AttentionMask[]) {
    const f = (...[q, k, v]: Tensor[]): Tensor => groupedQueryAttention(q!, k!, v!, { mask });
    expectNoLeak(() => f(...inputs));
    expectNoLeak(() => gradients(f, inputs));
  }
});

test("shape errors teach", () => {
  const q = zeros([1, 4, 3, 2]);
  expect(() => groupedQueryAttention(q, zeros([1, 3, 3, 2]), zeros([1, 3, 3, 2]))).toThrow(
    "K must divide N, got [1,4,3,2] and [1,3,3,2]",
  );
  expect(() => groupedQueryAttention(q, zeros([1, 2, 3, 2]), zeros([1, 4, 3, 2]))).toThrow(
    "v must have shape [1,2,3,…] to match k, got [1,4,3,2]",
  );
  expect(() => new GroupedQueryAttention({ dim: 8, heads: 4, kvHeads: 3 })).toThrow(
    "kvHeads must divide heads = 4, got 3",
  );
});
