import { Random, withRandom } from "@llm/random";
import { expectClose, expectNoLeak } from "@llm/testing";
import { getBackend, memory, slice, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GPT2, type GPT2Config, gpt2ParameterCount, gpt2Presets } from "../src/index.js";

const tiny: GPT2Config = { vocabSize: 23, maxLength: 8, dim: 12, heads: 3, layers: 2 };
const ids = (...rows: number[][]): Tensor => tensor(rows, [rows.length, rows[0]!.length], "int32");
// On cpu every logit is the same sum in the same order; a fast kernel may take another order for another length.
const exact = getBackend() === "cpu" ? { absolute: 0, relative: 0 } : { absolute: 1e-6, relative: 1e-5 };

test("the published sizes have the published numbers of parameters", () => {
  expect(Object.entries(gpt2Presets).map(([name, config]) => [name, gpt2ParameterCount(config)])).toEqual([
    ["gpt2", 124_439_808],
    ["gpt2-medium", 354_823_168],
    ["gpt2-large", 774_030_080],
    ["gpt2-xl", 1_557_611_200],
  ]);
  expect(gpt2ParameterCount({ ...gpt2Presets.gpt2, bias: false })).toBe(124_337_664);
});

test("the count is that of a real model", () => {
  const sizes = { vocabSize: fc.integer({ min: 1, max: 30 }), maxLength: fc.integer({ min: 1, max: 9 }) };
  const shape = { headDim: fc.integer({ min: 1, max: 4 }), heads: fc.integer({ min: 1, max: 3 }) };
  const rest = {
    layers: fc.integer({ min: 1, max: 3 }),
    hiddenDim: fc.integer({ min: 1, max: 20 }),
    bias: fc.boolean(),
  };
  fc.assert(
    fc.property(fc.record({ ...sizes, ...shape, ...rest }), ({ headDim, ...config }) => {
      const model = new GPT2({ ...config, dim: headDim * config.heads });
      const count = model.parameterCount();
      model.dispose();
      expect(gpt2ParameterCount(model.config)).toBe(count);
    }),
    { numRuns: 20 },
  );
});

test("parameters are named by path, the tied head once", () => {
  const model = new GPT2({ ...tiny, layers: 1, bias: false });
  expect(Object.fromEntries([...model.namedParameters()].map(([path, { shape }]) => [path, shape]))).toEqual({
    "embed_tokens.weight": [23, 12],
    "embed_positions.weight": [8, 12],
    "layers.0.input_layernorm.weight": [12],
    "layers.0.self_attn.q_proj.weight": [12, 12],
    "layers.0.self_attn.k_proj.weight": [12, 12],
    "layers.0.self_attn.v_proj.weight": [12, 12],
    "layers.0.self_attn.o_proj.weight": [12, 12],
    "layers.0.post_attention_layernorm.weight": [12],
    "layers.0.mlp.fc_in.weight": [48, 12],
    "layers.0.mlp.fc_out.weight": [12, 48],
    "norm.weight": [12],
  });
  model.dispose();
});

test("the same seed gives the same weights, each module's independent of the others", () => {
  const [a, b, c] = [new GPT2(tiny, new Random(3)), new GPT2({ ...tiny, layers: 3 }, new Random(3)), new GPT2(tiny)];
  const second = (model: GPT2): Tensor => model.stateDict().get("layers.1.self_attn.v_proj.weight") as Tensor;
  expectClose(second(a), second(b), exact);
  expect(second(a).dataSync()).not.toEqual(second(c).dataSync());
  expect(second(a).dataSync()).not.toEqual(
    (a.stateDict().get("layers.0.self_attn.v_proj.weight") as Tensor).dataSync(),
  );
  for (const model of [a, b, c]) model.dispose();
});

test("initial weights: σ = 0.02, residual projections σ/√(2L), and so a loss near ln V", () => {
  const model = new GPT2({ ...tiny, dim: 96, layers: 8 });
  const std = (path: string): number => {
    const values = Array.from(model.stateDict().get(path)!.dataSync());
    return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
  };
  // 9,216 values: the standard error is 0.7 %, four of it.
  for (const [path, expected] of [
    ["layers.0.self_attn.q_proj.weight", 0.02],
    ["layers.0.mlp.fc_in.weight", 0.02],
    ["layers.3.self_attn.o_proj.weight", 0.005],
    ["layers.3.mlp.fc_out.weight", 0.005],
  ] as const) {
    expect(Math.abs(std(path) / expected - 1), path).toBeLessThan(0.03);
  }
  model.dispose();
});

test("step by step with a cache gives exactly the logits of one pass", () => {
  const model = new GPT2(tiny).eval();
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

test("no position sees a later one, and none sees another segment", () => {
  const model = new GPT2(tiny).eval();
  const [a, b] = [model.forward(ids([1, 2, 3, 4, 5])), model.forward(ids([1, 2, 3, 9, 9]))];
  expectClose(slice(a, [0, 0, 0], [1, 3, 23]), slice(b, [0, 0, 0], [1, 3, 23]), exact);
  expect(slice(a, [0, 3, 0], [1, 1, 23]).dataSync()).not.toEqual(slice(b, [0, 3, 0], [1, 1, 23]).dataSync());

  const segments = [[1, 1, 2, 2, 2]];
  const [c, d] = [
    [1, 2, 3, 4, 5],
    [8, 8, 3, 4, 5],
  ].map((row) => model.forward(ids(row), { segments }));
  expectClose(slice(c!, [0, 2, 0], [1, 3, 23]), slice(d!, [0, 2, 0], [1, 3, 23]), exact);
  expect(slice(a, [0, 2, 0], [1, 1, 23]).dataSync()).not.toEqual(slice(c!, [0, 2, 0], [1, 1, 23]).dataSync());
  expect(() => model.forward(ids([1]), { segments: [[1]], mask: "none" })).toThrow("segments imply a causal mask");
  model.dispose();
});

test("a mask of one's own replaces the causal one", () => {
  const model = new GPT2(tiny).eval();
  const first = (...row: number[]): Tensor => slice(model.forward(ids(row), { mask: "none" }), [0, 0, 0], [1, 1, 23]);
  expect(first(1, 2).dataSync()).not.toEqual(first(1, 3).dataSync());
  model.dispose();
});

test("dropout is on in training, off in evaluation", () => {
  const model = new GPT2({ ...tiny, dropout: 0.5 });
  const draw = (seed: number): Float32Array =>
    withRandom(new Random(seed), () => model.forward(ids([1, 2, 3]))).dataSync() as Float32Array;
  expect(draw(1)).toEqual(draw(1));
  expect(draw(1)).not.toEqual(draw(2));
  expect(() => model.forward(ids([1]))).toThrow("withRandom");
  model.eval();
  expect(draw(1)).toEqual(draw(2));
  model.dispose();
});

test("nothing stays behind: not in a pass, not in a cache, not in a model", () => {
  const before = memory().numTensors;
  const model = new GPT2(tiny);
  expectNoLeak(() => model.forward(ids([1, 2, 3])));
  expectNoLeak(() => model.forward(ids([1, 2, 3]), { segments: [[1, 1, 2]] }));
  expectNoLeak(() => {
    const cache = model.createCache();
    for (const id of [1, 2, 3]) model.forward(ids([id]), { cache });
    cache.dispose();
  });
  tidy(() => void model.forward(ids([1])));
  model.dispose();
  // One causal bias is kept by @llm/mask for each backend.
  expect(memory().numTensors - before).toBeLessThanOrEqual(1);
});

test("errors teach", () => {
  const model = new GPT2(tiny);
  expect(() => model.forward(tensor([1, 2], [2], "int32"))).toThrow("ids must be int32 [batch, time]");
  expect(() => model.forward(tensor([[1, 2]]))).toThrow("got float32 [1,2]");
  expect(() => model.forward(tensor([], [1, 0], "int32"))).toThrow("at least one id");
  expect(() => model.forward(ids([1, 23]))).toThrow("23");
  expect(() => model.forward(ids([1, 2, 3, 4, 5, 6, 7, 8, 9]))).toThrow(
    "9 positions exceed the model's maxLength of 8",
  );
  expect(() => new GPT2({ ...tiny, heads: 5 })).toThrow("heads must divide dim = 12, got 5");
  expect(() => new GPT2({ ...tiny, layers: 0 })).toThrow("layers must be a positive whole number, got 0");
  expect(() => gpt2ParameterCount({ ...tiny, dim: 1.5 })).toThrow("dim");
  model.dispose();
});
