import { expectClose, expectNoLeak } from "@llm/testing";
import { slice, type Tensor, tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  fromHuggingFace,
  fromHuggingFaceConfig,
  T5,
  type T5Config,
  t5ParameterCount,
  t5Presets,
  t5Traits,
  toHuggingFace,
  toHuggingFaceConfig,
} from "../src/index.js";

const tiny: T5Config = { vocabSize: 23, maxLength: 12, dim: 12, heads: 3, headDim: 4, layers: 2, buckets: 8 };
const ids = (...rows: number[][]): Tensor => tensor(rows, [rows.length, rows[0]!.length], "int32");

test("the published sizes have the published numbers of parameters", () => {
  const counts = Object.entries(t5Presets).map(([name, config]) => [name, t5ParameterCount(config)]);
  expect(Object.fromEntries(counts)).toEqual({
    "t5-small": 60_506_624,
    "t5-base": 222_903_552,
    "t5-large": 737_668_096,
    "t5-3b": 2_851_598_336,
    "t5-11b": 11_307_321_344,
    "t5-v1_1-small": 76_961_152,
    "t5-v1_1-base": 247_577_856,
    "t5-v1_1-large": 783_150_080,
    "t5-v1_1-xl": 2_849_757_184,
    "t5-v1_1-xxl": 11_135_332_352,
  });
});

test("the count is that of a real model", () => {
  const config = fc.record({
    vocabSize: fc.integer({ min: 1, max: 30 }),
    heads: fc.integer({ min: 1, max: 3 }),
    headDim: fc.integer({ min: 1, max: 4 }),
    layers: fc.integer({ min: 1, max: 2 }),
    decoderLayers: fc.integer({ min: 1, max: 2 }),
    hiddenDim: fc.integer({ min: 1, max: 20 }),
    feedForward: fc.constantFrom("relu" as const, "gated-gelu" as const),
    tied: fc.boolean(),
  });
  fc.assert(
    fc.property(config, (sizes) => {
      const model = new T5({ ...sizes, dim: 5 });
      const count = model.parameterCount();
      model.dispose();
      expect(t5ParameterCount(model.config)).toBe(count);
    }),
    { numRuns: 15 },
  );
});

test("step by step with caches gives the logits of one pass: biases count from the cache", () => {
  const model = new T5(tiny).eval();
  const [source, target] = [ids([3, 1, 4, 1, 5]), ids([0, 9, 2, 6, 5, 3, 5, 8, 9, 7])];
  const full = model.forward(source, target);
  const decoder = model.decoderOf(source);
  const cache = decoder.createCache();
  for (let i = 0; i < 10; i++) {
    const part = decoder.forward(slice(target, [0, i], [1, 1]), { cache });
    expectClose(part, slice(full, [0, i, 0], [1, 1, 23]), { absolute: 5e-6, relative: 1e-5 });
  }
  cache.dispose();
  decoder.dispose();
  expectNoLeak(() => model.forward(source, target));
  model.dispose();
});

test.each([
  ["relu", true],
  ["gated-gelu", false],
] as const)("names are Hugging Face's (%s), there and back again", (feedForward, tied) =>
  tidy(() => {
    const config = { ...tiny, feedForward, tied, decoderLayers: 1 };
    const model = new T5(config);
    const theirs = toHuggingFace(model.stateDict(), config);
    const names = [...theirs.keys()];
    expect(names).toContain("decoder.block.0.layer.1.EncDecAttention.k.weight");
    expect(names).toContain("encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight");
    expect(names).toContain(
      feedForward === "relu"
        ? "decoder.block.0.layer.2.DenseReluDense.wi.weight"
        : "decoder.block.0.layer.2.DenseReluDense.wi_0.weight",
    );
    expect(names.includes("lm_head.weight")).toBe(!tied);
    theirs.set("encoder.embed_tokens.weight", zeros([23, 12]));
    const ours = fromHuggingFace(theirs, config);
    expect([...ours.keys()].sort()).toEqual([...model.stateDict().keys()].sort());
    for (const [path, value] of model.stateDict()) expectClose(ours.get(path)!, value, { absolute: 0, relative: 0 });
    model.dispose();
  }),
);

test.each(Object.entries(t5Presets))("%s: config.json there and back again", (_, preset) => {
  expect(fromHuggingFaceConfig(JSON.parse(JSON.stringify(toHuggingFaceConfig(preset))))).toMatchObject(preset);
});

test("details in words, and errors that teach", () => {
  expect(t5Traits(t5Presets["t5-small"])).toMatchObject({ position: "relative bias, 32 buckets up to 128" });
  const json = toHuggingFaceConfig(tiny);
  expect(() => fromHuggingFaceConfig({ ...json, model_type: "mt5" })).toThrow('model_type is "mt5"');
  expect(() => fromHuggingFaceConfig({ ...json, feed_forward_proj: "gated-silu" })).toThrow("feed_forward_proj");
  expect(() => fromHuggingFaceConfig({ ...json, d_ff: null })).toThrow("d_ff must be a number");
  expect(() => new T5({ ...tiny, feedForward: "silu" as "relu" })).toThrow('feedForward must be "relu"');
  expect(() => new T5({ ...tiny, layers: 0 })).toThrow("T5: layers must be a positive whole number, got 0");
});
