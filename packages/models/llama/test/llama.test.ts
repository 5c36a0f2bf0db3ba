import { Random } from "@llm/random";
import { expectClose, expectNoLeak } from "@llm/testing";
import { getBackend, memory, slice, type Tensor, tensor } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Llama, type LlamaConfig, llamaParameterCount, llamaPresets } from "../src/index.js";

const tiny: LlamaConfig = { vocabSize: 23, maxLength: 8, dim: 12, heads: 6, kvHeads: 2, layers: 2, hiddenDim: 20 };
const ids = (...rows: number[][]): Tensor => tensor(rows, [rows.length, rows[0]!.length], "int32");
// On cpu every logit is the same sum in the same order; a fast kernel may take another order for another length.
const exact = getBackend() === "cpu" ? { absolute: 0, relative: 0 } : { absolute: 1e-6, relative: 1e-5 };

test("the published sizes have the published numbers of parameters", () => {
  const counts = Object.entries(llamaPresets).map(([name, config]) => [name, llamaParameterCount(config)]);
  expect(Object.fromEntries(counts)).toEqual({
    "llama-7b": 6_738_415_616,
    "llama-13b": 13_015_864_320,
    "llama-33b": 32_528_943_616,
    "llama-65b": 65_285_660_672,
    "llama-2-7b": 6_738_415_616,
    "llama-2-13b": 13_015_864_320,
    "llama-2-70b": 68_976_648_192,
    "llama-3-8b": 8_030_261_248,
    "llama-3-70b": 70_553_706_496,
    "llama-3.2-1b": 1_235_814_400,
    "tinyllama-1.1b": 1_100_048_384,
    stories15m: 15_191_712,
  });
  // Derived by Meta's rule from the model's width, 4096: the default.
  expect(llamaParameterCount({ ...llamaPresets["llama-7b"], hiddenDim: undefined })).toBe(6_738_415_616);
});

test("the count is that of a real model", () => {
  const sizes = { vocabSize: fc.integer({ min: 1, max: 30 }), kvHeads: fc.integer({ min: 1, max: 3 }) };
  const shape = { pairs: fc.integer({ min: 1, max: 3 }), groups: fc.integer({ min: 1, max: 3 }) };
  const rest = {
    layers: fc.integer({ min: 1, max: 3 }),
    hiddenDim: fc.integer({ min: 1, max: 20 }),
    tied: fc.boolean(),
  };
  fc.assert(
    fc.property(fc.record({ ...sizes, ...shape, ...rest }), ({ pairs, groups, ...config }) => {
      const heads = groups * config.kvHeads;
      const model = new Llama({ ...config, heads, headDim: 2 * pairs, dim: 7, maxLength: 4 });
      const count = model.parameterCount();
      model.dispose();
      expect(llamaParameterCount(model.config)).toBe(count);
    }),
    { numRuns: 20 },
  );
});

test("parameters are Hugging Face's, names and shapes", () => {
  const shapes = (config: LlamaConfig): Record<string, number[]> => {
    const model = new Llama(config);
    const found = [...model.namedParameters()].map(([path, { shape }]): [string, number[]] => [path, shape]);
    model.dispose();
    return Object.fromEntries(found);
  };
  const untied = {
    "model.embed_tokens.weight": [23, 12],
    "model.layers.0.input_layernorm.weight": [12],
    "model.layers.0.self_attn.q_proj.weight": [12, 12],
    "model.layers.0.self_attn.k_proj.weight": [4, 12],
    "model.layers.0.self_attn.v_proj.weight": [4, 12],
    "model.layers.0.self_attn.o_proj.weight": [12, 12],
    "model.layers.0.post_attention_layernorm.weight": [12],
    "model.layers.0.mlp.gate_proj.weight": [20, 12],
    "model.layers.0.mlp.up_proj.weight": [20, 12],
    "model.layers.0.mlp.down_proj.weight": [12, 20],
    "model.norm.weight": [12],
    "lm_head.weight": [23, 12],
  };
  expect(shapes({ ...tiny, layers: 1 })).toEqual(untied);
  const { "lm_head.weight": _, ...tied } = untied;
  expect(shapes({ ...tiny, layers: 1, tied: true })).toEqual(tied);
});

test("the same seed gives the same weights, each module's independent of the others", () => {
  const [a, b, c] = [new Llama(tiny, new Random(3)), new Llama({ ...tiny, layers: 3 }, new Random(3)), new Llama(tiny)];
  const weight = (model: Llama, layer = 1): Tensor =>
    model.stateDict().get(`model.layers.${layer}.self_attn.v_proj.weight`) as Tensor;
  expectClose(weight(a), weight(b), exact);
  expect(weight(a).dataSync()).not.toEqual(weight(c).dataSync());
  expect(weight(a).dataSync()).not.toEqual(weight(a, 0).dataSync());
  for (const model of [a, b, c]) model.dispose();
});

test("initial weights: σ = 0.02, residual projections σ/√(2L)", () => {
  const model = new Llama({ ...tiny, dim: 96, layers: 8, hiddenDim: 96 });
  const std = (path: string): number => {
    const values = Array.from(model.stateDict().get(path)!.dataSync());
    return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  };
  // 9,216 values: the standard error is 0.7 %, four of it.
  for (const [path, expected] of [
    ["model.layers.0.self_attn.q_proj.weight", 0.02],
    ["model.layers.0.mlp.up_proj.weight", 0.02],
    ["model.layers.3.self_attn.o_proj.weight", 0.005],
    ["model.layers.3.mlp.down_proj.weight", 0.005],
  ] as const) {
    expect(Math.abs(std(path) / expected - 1), path).toBeLessThan(0.03);
  }
  model.dispose();
});

test("step by step with a cache gives exactly the logits of one pass", () => {
  const model = new Llama(tiny).eval();
  const whole = ids([3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1, 8, 2, 8, 1, 8]);
  const full = model.forward(whole);
  for (const steps of [[1, 1, 1, 1, 1, 1, 1, 1], [3, 1, 4], [8]]) {
    const cache = model.createCache();
    let from = 0;
    for (const length of steps) {
      const part = model.forward(slice(whole, [0, from], [2, length]), { cache });
      expectClose(part, slice(full, [0, from, 0], [2, length, 23]), exact);
      from += length;
      expect(cache.length).toBe(from);
    }
    expect(() => model.forward(ids([1], [1]), { cache })).toThrow("9 positions (8 of them in the cache) exceed");
    cache.dispose();
  }
  expectClose(model.forward(whole, { logits: "last" }), slice(full, [0, 7, 0], [2, 1, 23]), exact);
  model.dispose();
});

test("no position sees a later one; a packed segment computes what it does alone", () => {
  const model = new Llama(tiny).eval();
  const [a, b] = [model.forward(ids([1, 2, 3, 4, 5])), model.forward(ids([1, 2, 3, 9, 9]))];
  expectClose(slice(a, [0, 0, 0], [1, 3, 23]), slice(b, [0, 0, 0], [1, 3, 23]), exact);
  expect(slice(a, [0, 3, 0], [1, 1, 23]).dataSync()).not.toEqual(slice(b, [0, 3, 0], [1, 1, 23]).dataSync());

  const packed = model.forward(ids([1, 2, 3, 4, 5]), { segments: [[1, 1, 2, 2, 2]] });
  // The second segment stands at positions 2 to 4, but rotations know distances only; they round differently.
  expectClose(slice(packed, [0, 2, 0], [1, 3, 23]), model.forward(ids([3, 4, 5])), { absolute: 1e-6, relative: 0 });
  expect(() => model.forward(ids([1]), { segments: [[1]], mask: "none" })).toThrow("segments imply a causal mask");
  model.dispose();
});

test("a mask of one's own replaces the causal one", () => {
  const model = new Llama(tiny).eval();
  const first = (...row: number[]): Tensor => slice(model.forward(ids(row), { mask: "none" }), [0, 0, 0], [1, 1, 23]);
  expect(first(1, 2).dataSync()).not.toEqual(first(1, 3).dataSync());
  model.dispose();
});

test("nothing stays behind: not in a pass, not in a cache, not in a model", () => {
  const before = memory().numTensors;
  const model = new Llama(tiny);
  expectNoLeak(() => model.forward(ids([1, 2, 3])));
  expectNoLeak(() => model.forward(ids([1, 2, 3]), { segments: [[1, 1, 2]] }));
  expectNoLeak(() => {
    const cache = model.createCache();
    for (const id of [1, 2, 3]) model.forward(ids([id]), { cache });
    cache.dispose();
  });
  model.dispose();
  // One causal bias is kept by @llm/mask for each backend.
  expect(memory().numTensors - before).toBeLessThanOrEqual(1);
});

test("errors teach", () => {
  const model = new Llama(tiny);
  expect(() => model.forward(tensor([1, 2], [2], "int32"))).toThrow("ids must be int32 [batch, time]");
  expect(() => model.forward(tensor([[1, 2]]))).toThrow("got float32 [1,2]");
  expect(() => model.forward(ids([1, 23]))).toThrow("23");
  expect(() => model.forward(ids([1, 2, 3, 4, 5, 6, 7, 8, 9]))).toThrow(
    "9 positions exceed the model's maxLength of 8",
  );
  expect(() => new Llama({ ...tiny, heads: 5 })).toThrow("heads must divide dim");
  expect(() => new Llama({ ...tiny, kvHeads: 4 })).toThrow("kvHeads must divide heads = 6, got 4");
  expect(() => new Llama({ ...tiny, headDim: 3 })).toThrow("headDim must be even");
  expect(() => llamaParameterCount({ ...tiny, vocabSize: 0 })).toThrow("vocabSize must be a positive whole number");
  model.dispose();
});
