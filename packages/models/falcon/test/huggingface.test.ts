import { expectClose } from "@llm/testing";
import { tidy, zeros } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import {
  Falcon,
  type FalconConfig,
  falconPresets,
  fromHuggingFace,
  fromHuggingFaceConfig,
  toHuggingFace,
  toHuggingFaceConfig,
} from "../src/index.js";

const tiny: FalconConfig = { vocabSize: 9, maxLength: 4, dim: 8, heads: 4, kvHeads: 2, layers: 1, norms: "separate" };

test("names and shapes are those of tiiuae's files", () =>
  tidy(() => {
    const shapes = (config: FalconConfig): Record<string, number[]> => {
      const model = new Falcon(config);
      const theirs = toHuggingFace(model.stateDict(), config);
      model.dispose();
      return Object.fromEntries([...theirs].map(([name, { shape }]) => [name, shape]));
    };
    expect(shapes(tiny)).toEqual({
      "transformer.word_embeddings.weight": [9, 8],
      "transformer.h.0.ln_attn.weight": [8],
      "transformer.h.0.ln_attn.bias": [8],
      "transformer.h.0.ln_mlp.weight": [8],
      "transformer.h.0.ln_mlp.bias": [8],
      "transformer.h.0.self_attention.query_key_value.weight": [16, 8],
      "transformer.h.0.self_attention.dense.weight": [8, 8],
      "transformer.h.0.mlp.dense_h_to_4h.weight": [32, 8],
      "transformer.h.0.mlp.dense_4h_to_h.weight": [8, 32],
      "transformer.ln_f.weight": [8],
      "transformer.ln_f.bias": [8],
    });
    const one = shapes({ ...tiny, norms: "shared", kvHeads: 1, tied: false });
    expect(one["transformer.h.0.input_layernorm.weight"]).toEqual([8]);
    expect(one["transformer.h.0.self_attention.query_key_value.weight"]).toEqual([12, 8]);
    expect(one["lm_head.weight"]).toEqual([9, 8]);
  }));

test("there and back again; the copy of the tied head is left out", () =>
  tidy(() => {
    const model = new Falcon(tiny);
    const theirs = toHuggingFace(model.stateDict(), tiny).set("lm_head.weight", zeros([9, 8]));
    const ours = fromHuggingFace(theirs, tiny);
    expect([...ours.keys()].sort()).toEqual([...model.stateDict().keys()].sort());
    for (const [path, value] of model.stateDict()) expectClose(ours.get(path)!, value, { absolute: 0, relative: 0 });
    model.dispose();
  }));

test("published config.json files are the presets", () => {
  // tiiuae/falcon-7b and falcon-40b.
  const seven = {
    alibi: false,
    architectures: ["FalconForCausalLM"],
    attention_dropout: 0.0,
    bias: false,
    bos_token_id: 11,
    eos_token_id: 11,
    hidden_dropout: 0.0,
    hidden_size: 4544,
    initializer_range: 0.02,
    layer_norm_epsilon: 1e-5,
    model_type: "falcon",
    multi_query: true,
    new_decoder_architecture: false,
    num_attention_heads: 71,
    num_hidden_layers: 32,
    parallel_attn: true,
    vocab_size: 65024,
  };
  expect(fromHuggingFaceConfig(seven)).toMatchObject(falconPresets["falcon-7b"]);
  const forty = {
    ...seven,
    ...{ hidden_size: 8192, num_attention_heads: 128, num_hidden_layers: 60, num_kv_heads: 8 },
    ...{ new_decoder_architecture: true },
  };
  expect(fromHuggingFaceConfig(forty)).toMatchObject(falconPresets["falcon-40b"]);
  const early = { ...forty, model_type: "RefinedWeb", n_head: 128, n_head_kv: 8, n_layer: 60 };
  for (const key of ["num_attention_heads", "num_kv_heads", "num_hidden_layers", "new_decoder_architecture"])
    delete (early as Record<string, unknown>)[key];
  expect(fromHuggingFaceConfig(early)).toMatchObject(falconPresets["falcon-40b"]);
  expect(() => fromHuggingFaceConfig({ ...seven, alibi: true })).toThrow("alibi is true, only false is known");
  expect(() => fromHuggingFaceConfig({ ...seven, model_type: "llama" })).toThrow('model_type is "llama"');
  expect(() => fromHuggingFaceConfig({ ...seven, hidden_size: "x" })).toThrow('hidden_size must be a number, got "x"');
  expect(() => fromHuggingFaceConfig({ ...forty, num_kv_heads: 5 })).toThrow("kvHeads must divide heads");
});

test.each(Object.entries(falconPresets))("%s there and back again", (_, preset) => {
  expect(fromHuggingFaceConfig(JSON.parse(JSON.stringify(toHuggingFaceConfig(preset))))).toMatchObject(preset);
});

test("what their Falcon does not have is an error", () => {
  expect(() => toHuggingFaceConfig({ ...tiny, headDim: 4 })).toThrow("heads · headDim must be dim = 8 there");
  expect(() => fromHuggingFace(new Map([["transformer.h.0.other.weight", zeros([1])]]), tiny)).toThrow(
    'Falcon has no parameter "transformer.h.0.other.weight"',
  );
});
