import { expect, test } from "vitest";
import { fromHuggingFaceConfig, type LlamaConfig, llamaPresets, toHuggingFaceConfig } from "../src/index.js";

// Llama-3.2-1B's config.json as Meta publishes it.
const published = {
  architectures: ["LlamaForCausalLM"],
  attention_bias: false,
  attention_dropout: 0.0,
  bos_token_id: 128000,
  eos_token_id: 128001,
  head_dim: 64,
  hidden_act: "silu",
  hidden_size: 2048,
  initializer_range: 0.02,
  intermediate_size: 8192,
  max_position_embeddings: 131072,
  mlp_bias: false,
  model_type: "llama",
  num_attention_heads: 32,
  num_hidden_layers: 16,
  num_key_value_heads: 8,
  pretraining_tp: 1,
  rms_norm_eps: 1e-5,
  rope_scaling: {
    factor: 32.0,
    high_freq_factor: 4.0,
    low_freq_factor: 1.0,
    original_max_position_embeddings: 8192,
    rope_type: "llama3",
  },
  rope_theta: 500000.0,
  tie_word_embeddings: true,
  torch_dtype: "bfloat16",
  use_cache: true,
  vocab_size: 128256,
};

test("a published config.json is the preset", () => {
  expect(fromHuggingFaceConfig(published)).toEqual({ ...llamaPresets["llama-3.2-1b"], headDim: 64 });
});

test.each(Object.entries(llamaPresets))("%s there and back again", (_, preset: LlamaConfig) => {
  const { dim, heads, kvHeads = heads, ...rest } = preset;
  const defaults = { headDim: dim / heads, ropeBase: 10000, tied: false };
  expect(fromHuggingFaceConfig(JSON.parse(JSON.stringify(toHuggingFaceConfig(preset))))).toEqual({
    ...defaults,
    ...{ dim, heads, kvHeads },
    ...rest,
  });
});

test.each([
  { kind: "linear", factor: 2 },
  { kind: "dynamic", factor: 2, originalLength: 4096 },
  { kind: "yarn", factor: 16, originalLength: 4096, betaFast: 30, betaSlow: 2, magnitude: 1.2 },
  { kind: "yarn", factor: 16, originalLength: 4096, betaFast: 32, betaSlow: 1 },
] as const)("scaling there and back again: $kind", (ropeScaling) => {
  const json = toHuggingFaceConfig({ ...llamaPresets["llama-3.2-1b"], ropeScaling });
  expect(fromHuggingFaceConfig(JSON.parse(JSON.stringify(json))).ropeScaling).toEqual(ropeScaling);
});

test("defaults of old files, and the form of Transformers 5", () => {
  const { num_key_value_heads: _, head_dim: __, rope_scaling: ___, rope_theta: ____, ...old } = published;
  expect(fromHuggingFaceConfig(old)).toMatchObject({ kvHeads: 32, headDim: 64, ropeBase: 10000 });
  expect(fromHuggingFaceConfig(old)).not.toHaveProperty("ropeScaling");
  expect(fromHuggingFaceConfig({ ...old, rope_scaling: null })).not.toHaveProperty("ropeScaling");
  expect(fromHuggingFaceConfig({ ...old, rope_scaling: { type: "linear", factor: 2 } }).ropeScaling).toEqual({
    kind: "linear",
    factor: 2,
  });
  const { rope_scaling, rope_theta } = published;
  expect(fromHuggingFaceConfig({ ...old, rope_parameters: { ...rope_scaling, rope_theta } })).toMatchObject({
    ropeBase: 500000,
    ropeScaling: { kind: "llama3", factor: 32 },
  });
  expect(fromHuggingFaceConfig({ ...old, rope_parameters: { rope_type: "default", rope_theta: 7 } }).ropeBase).toBe(7);
});

test("what Llama does not have is an error", () => {
  const read = (change: object) => () => fromHuggingFaceConfig({ ...published, ...change });
  expect(read({ model_type: "gpt2" })).toThrow('model_type is "gpt2", only "llama" is known');
  expect(read({ attention_bias: true })).toThrow("attention_bias is true");
  expect(read({ hidden_act: "gelu" })).toThrow("hidden_act");
  expect(read({ rope_scaling: { rope_type: "longrope", factor: 4 } })).toThrow('type "longrope" is not known');
  expect(read({ rope_scaling: { rope_type: "linear" } })).toThrow("rope_scaling: factor must be a number");
  expect(read({ rope_scaling: 3 })).toThrow("rope_scaling must be an object, got 3");
  expect(() =>
    toHuggingFaceConfig({ ...llamaPresets["llama-3.2-1b"], ropeScaling: { kind: "ntk", factor: 2 } }),
  ).toThrow("set ropeBase to base · factor^(d / (d − 2))");
  expect(read({ hidden_size: undefined })).toThrow("hidden_size must be a number, got undefined");
  expect(read({ num_key_value_heads: 5 })).toThrow("kvHeads must divide heads");
  expect(() => fromHuggingFaceConfig(Object.create(published))).toThrow("hidden_size must be a number");
});
