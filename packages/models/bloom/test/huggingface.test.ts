import { expectClose } from "@llm/testing";
import { tidy, zeros } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import {
  Bloom,
  type BloomConfig,
  bloomPresets,
  fromHuggingFace,
  fromHuggingFaceConfig,
  toHuggingFace,
  toHuggingFaceConfig,
} from "../src/index.js";

const tiny: BloomConfig = { vocabSize: 9, maxLength: 4, dim: 8, heads: 2, layers: 1 };

test("names and shapes are those of bigscience's files, there and back again", () =>
  tidy(() => {
    const model = new Bloom(tiny);
    const theirs = toHuggingFace(model.stateDict(), tiny);
    expect(Object.fromEntries([...theirs].map(([name, { shape }]) => [name, shape]))).toEqual({
      "word_embeddings.weight": [9, 8],
      "word_embeddings_layernorm.weight": [8],
      "word_embeddings_layernorm.bias": [8],
      "h.0.input_layernorm.weight": [8],
      "h.0.input_layernorm.bias": [8],
      "h.0.self_attention.query_key_value.weight": [24, 8],
      "h.0.self_attention.query_key_value.bias": [24],
      "h.0.self_attention.dense.weight": [8, 8],
      "h.0.self_attention.dense.bias": [8],
      "h.0.post_attention_layernorm.weight": [8],
      "h.0.post_attention_layernorm.bias": [8],
      "h.0.mlp.dense_h_to_4h.weight": [32, 8],
      "h.0.mlp.dense_h_to_4h.bias": [32],
      "h.0.mlp.dense_4h_to_h.weight": [8, 32],
      "h.0.mlp.dense_4h_to_h.bias": [8],
      "ln_f.weight": [8],
      "ln_f.bias": [8],
    });
    const prefixed = new Map([...theirs].map(([name, value]) => [`transformer.${name}`, value]));
    const ours = fromHuggingFace(prefixed.set("lm_head.weight", zeros([9, 8])), tiny);
    expect([...ours.keys()].sort()).toEqual([...model.stateDict().keys()].sort());
    for (const [path, value] of model.stateDict()) expectClose(ours.get(path)!, value, { absolute: 0, relative: 0 });
    model.dispose();
  }));

test("published config.json files are the presets", () => {
  // bigscience/bloom.
  const published = {
    apply_residual_connection_post_layernorm: false,
    attention_dropout: 0.0,
    architectures: ["BloomForCausalLM"],
    bos_token_id: 1,
    eos_token_id: 2,
    hidden_dropout: 0.0,
    initializer_range: 0.02,
    layer_norm_epsilon: 1e-5,
    masked_softmax_fusion: true,
    model_type: "bloom",
    n_embed: 14336,
    n_layer: 70,
    num_attention_heads: 112,
    pretraining_tp: 4,
    vocab_size: 250880,
  };
  expect(fromHuggingFaceConfig(published)).toMatchObject(bloomPresets["bloom-176b"]);
  expect(() => fromHuggingFaceConfig({ ...published, model_type: "gpt2" })).toThrow('model_type is "gpt2"');
  expect(() => fromHuggingFaceConfig({ ...published, n_embed: undefined })).toThrow("must be a number");
  expect(() => fromHuggingFaceConfig({ ...published, apply_residual_connection_post_layernorm: true })).toThrow(
    "apply_residual_connection_post_layernorm is true",
  );
  expect(() => toHuggingFaceConfig({ ...tiny, hiddenDim: 9 })).toThrow("hiddenDim must be 4·dim = 32 there, got 9");
});

test.each(Object.entries(bloomPresets))("%s there and back again", (_, preset) => {
  expect(fromHuggingFaceConfig(JSON.parse(JSON.stringify(toHuggingFaceConfig(preset))))).toMatchObject(preset);
});
