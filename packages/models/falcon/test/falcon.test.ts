import { Random } from "@llm/random";
import { expectClose, expectNoLeak } from "@llm/testing";
import { memory, slice, type Tensor, tensor } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Falcon, type FalconConfig, falconParameterCount, falconPresets, falconTraits } from "../src/index.js";

const tiny: FalconConfig = { vocabSize: 23, maxLength: 8, dim: 12, heads: 6, kvHeads: 2, layers: 2, norms: "separate" };
const ids = (...rows: number[][]): Tensor => tensor(rows, [rows.length, rows[0]!.length], "int32");
// The same sums, but a fast kernel may take them in another order for another length.
const near = { absolute: 2e-6, relative: 1e-5 };

test("the published sizes have the published numbers of parameters", () => {
  const counts = Object.entries(falconPresets).map(([name, config]) => [name, falconParameterCount(config)]);
  expect(Object.fromEntries(counts)).toEqual({
    "falcon-7b": 6_921_720_704,
    "falcon-40b": 41_303_293_952,
    "falcon-180b": 178_557_088_768,
  });
  // Hugging Face's files hold a copy of the head.
  const stored = (name: "falcon-7b" | "falcon-40b"): number =>
    falconParameterCount({ ...falconPresets[name], tied: false });
  expect([stored("falcon-7b"), stored("falcon-40b")]).toEqual([7_217_189_760, 41_835_970_560]);
});

test("the count is that of a real model", () => {
  const config = fc.record({
    vocabSize: fc.integer({ min: 1, max: 30 }),
    kvHeads: fc.integer({ min: 1, max: 3 }),
    groups: fc.integer({ min: 1, max: 3 }),
    headDim: fc.constantFrom(2, 4),
    hiddenDim: fc.integer({ min: 1, max: 20 }),
    layers: fc.integer({ min: 1, max: 3 }),
    norms: fc.constantFrom("shared" as const, "separate" as const),
    tied: fc.boolean(),
  });
  fc.assert(
    fc.property(config, ({ groups, ...rest }) => {
      const model = new Falcon({ ...rest, heads: groups * rest.kvHeads, dim: 7, maxLength: 4 });
      const count = model.parameterCount();
      model.dispose();
      expect(falconParameterCount(model.config)).toBe(count);
    }),
    { numRuns: 20 },
  );
});

test("parameters are named by path", () => {
  const model = new Falcon({ ...tiny, layers: 1 });
  expect(Object.fromEntries([...model.namedParameters()].map(([path, { shape }]) => [path, shape]))).toEqual({
    "embed_tokens.weight": [23, 12],
    "layers.0.input_layernorm.weight": [12],
    "layers.0.input_layernorm.bias": [12],
    "layers.0.mlp_layernorm.weight": [12],
    "layers.0.mlp_layernorm.bias": [12],
    "layers.0.self_attn.q_proj.weight": [12, 12],
    "layers.0.self_attn.k_proj.weight": [4, 12],
    "layers.0.self_attn.v_proj.weight": [4, 12],
    "layers.0.self_attn.o_proj.weight": [12, 12],
    "layers.0.mlp.fc_in.weight": [48, 12],
    "layers.0.mlp.fc_out.weight": [12, 48],
    "norm.weight": [12],
    "norm.bias": [12],
  });
  model.dispose();
});

test("the same seed gives the same weights, each module's independent of the others", () => {
  const [a, b, c] = [
    new Falcon(tiny, new Random(3)),
    new Falcon({ ...tiny, layers: 3 }, new Random(3)),
    new Falcon(tiny),
  ];
  const second = (model: Falcon): Tensor => model.stateDict().get("layers.1.self_attn.v_proj.weight") as Tensor;
  expectClose(second(a), second(b), { absolute: 0, relative: 0 });
  expect(second(a).dataSync()).not.toEqual(second(c).dataSync());
  for (const model of [a, b, c]) model.dispose();
});

test("step by step with a cache gives the logits of one pass", () => {
  const model = new Falcon(tiny).eval();
  const whole = ids([3, 1, 4, 1, 5, 9, 2, 6], [2, 7, 1, 8, 2, 8, 1, 8]);
  const full = model.forward(whole);
  for (const steps of [
    [1, 1, 1, 1, 1, 1, 1, 1],
    [3, 1, 4],
  ]) {
    const cache = model.createCache();
    let from = 0;
    for (const length of steps) {
      const part = model.forward(slice(whole, [0, from], [2, length]), { cache });
      expectClose(part, slice(full, [0, from, 0], [2, length, 23]), near);
      from += length;
    }
    cache.dispose();
  }
  model.dispose();
});

test("no position sees a later one, and none sees another segment", () => {
  const model = new Falcon(tiny).eval();
  const [a, b] = [model.forward(ids([1, 2, 3, 4, 5])), model.forward(ids([1, 2, 3, 9, 9]))];
  expectClose(slice(a, [0, 0, 0], [1, 3, 23]), slice(b, [0, 0, 0], [1, 3, 23]), near);
  expect(slice(a, [0, 3, 0], [1, 1, 23]).dataSync()).not.toEqual(slice(b, [0, 3, 0], [1, 1, 23]).dataSync());
  const packed = model.forward(ids([1, 2, 3, 4, 5]), { segments: [[1, 1, 2, 2, 2]] });
  expectClose(slice(packed, [0, 2, 0], [1, 3, 23]), model.forward(ids([3, 4, 5])), near);
  model.dispose();
});

test("nothing stays behind: not in a pass, not in a cache, not in a model", () => {
  const before = memory().numTensors;
  const model = new Falcon(tiny);
  expectNoLeak(() => model.forward(ids([1, 2, 3])));
  expectNoLeak(() => {
    const cache = model.createCache();
    for (const id of [1, 2, 3]) model.forward(ids([id]), { cache });
    cache.dispose();
  });
  model.dispose();
  // One causal bias is kept by @llm/mask for each backend.
  expect(memory().numTensors - before).toBeLessThanOrEqual(1);
});

test("its details in words", () => {
  expect(falconTraits(Object.values(falconPresets)[0]!)).toMatchObject({ objective: "causal language model" });
});

test("errors teach", () => {
  const model = new Falcon(tiny);
  expect(() => model.forward(tensor([[1, 2]]))).toThrow("Falcon: ids must be int32 [batch, time]");
  expect(() => model.forward(ids([1, 23]))).toThrow("23");
  expect(() => model.forward(ids([1, 2, 3, 4, 5, 6, 7, 8, 9]))).toThrow("9 positions exceed");
  expect(() => new Falcon({ ...tiny, heads: 5 })).toThrow("heads must divide dim");
  expect(() => new Falcon({ ...tiny, kvHeads: 4 })).toThrow("Falcon: kvHeads must divide heads = 6, got 4");
  expect(() => new Falcon({ ...tiny, headDim: 3 })).toThrow("headDim must be even");
  expect(() => new Falcon({ ...tiny, norms: "two" as "shared" })).toThrow('norms must be "shared" or "separate"');
  model.dispose();
});
