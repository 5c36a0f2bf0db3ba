import { expectClose, expectNoLeak } from "@llm/testing";
import { memory, type Tensor, tensor, transpose, zeros } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import {
  fromHuggingFace,
  fromHuggingFaceConfig,
  GPT2,
  type GPT2Config,
  gpt2Presets,
  toHuggingFace,
  toHuggingFaceConfig,
} from "../src/index.js";

// That q, k and v come in the right order and orientation is shown by pytorch.test.ts, which loads through the map.

const tiny: GPT2Config = { vocabSize: 9, maxLength: 4, dim: 6, heads: 2, layers: 2, hiddenDim: 10 };
const exact = { absolute: 0, relative: 0 };
const free = (tensors: Map<string, Tensor>): void => {
  for (const tensor of tensors.values()) tensor.dispose();
};

test("names and shapes are those of Hugging Face's model.safetensors", () => {
  const model = new GPT2({ ...tiny, layers: 1 });
  const theirs = toHuggingFace(model.stateDict());
  expect(Object.fromEntries([...theirs].map(([name, { shape }]) => [name, shape]))).toEqual({
    "wte.weight": [9, 6],
    "wpe.weight": [4, 6],
    "h.0.ln_1.weight": [6],
    "h.0.ln_1.bias": [6],
    "h.0.attn.c_attn.weight": [6, 18],
    "h.0.attn.c_attn.bias": [18],
    "h.0.attn.c_proj.weight": [6, 6],
    "h.0.attn.c_proj.bias": [6],
    "h.0.ln_2.weight": [6],
    "h.0.ln_2.bias": [6],
    "h.0.mlp.c_fc.weight": [6, 10],
    "h.0.mlp.c_fc.bias": [10],
    "h.0.mlp.c_proj.weight": [10, 6],
    "h.0.mlp.c_proj.bias": [6],
    "ln_f.weight": [6],
    "ln_f.bias": [6],
  });
  expectClose(
    theirs.get("h.0.mlp.c_fc.weight")!,
    transpose(model.stateDict().get("layers.0.mlp.fc_in.weight")!),
    exact,
  );
  free(theirs);
  model.dispose();
});

test("there and back again, and nothing stays behind", () => {
  const model = new GPT2(tiny);
  const before = memory().numTensors;
  const theirs = toHuggingFace(model.stateDict());
  const ours = fromHuggingFace(theirs);
  expect([...ours.keys()].sort()).toEqual([...model.stateDict().keys()].sort());
  for (const [path, value] of model.stateDict()) expectClose(ours.get(path)!, value, exact);
  // Theirs are copies: disposing them does not touch the model.
  free(theirs);
  free(ours);
  expect(memory().numTensors).toBe(before);
  expect(model.stateDict().get("norm.weight")!.dataSync().length).toBe(6);
  expectNoLeak(() => toHuggingFace(model.stateDict()));
  model.dispose();
});

test("prefixed names, causal masks and the stored copy of the head are understood", () => {
  const model = new GPT2(tiny);
  const theirs = toHuggingFace(model.stateDict());
  const saved = new Map([...theirs].map(([name, value]) => [`transformer.${name}`, value]));
  saved.set("transformer.h.0.attn.bias", zeros([1, 1, 4, 4])).set("transformer.h.1.attn.masked_bias", zeros([]));
  saved.set("lm_head.weight", zeros([9, 6]));
  model.loadStateDict(fromHuggingFace(saved));
  model.dispose();
});

test("a model without biases is given zeros, and computes the same", () => {
  const model = new GPT2({ ...tiny, bias: false }).eval();
  const other = new GPT2(tiny).eval();
  other.loadStateDict(fromHuggingFace(toHuggingFace(model.stateDict())));
  const ids = tensor([[1, 8, 3]], [1, 3], "int32");
  expectClose(other.forward(ids), model.forward(ids), exact);
  model.dispose();
  other.dispose();
});

test("what GPT-2 does not have is an error, and frees what was made", () => {
  const [weight, before] = [zeros([2]), memory().numTensors];
  const state = (...names: string[]): Map<string, Tensor> => new Map(names.map((name) => [name, weight]));
  expect(() => toHuggingFace(state("norm.weight", "layers.0.mlp.gate_proj.weight"))).toThrow('"layers.0.mlp.gate_proj');
  expect(() => toHuggingFace(state("layers.0.self_attn.q_proj.bias"))).toThrow("k_proj.bias is missing");
  expect(() => fromHuggingFace(state("ln_f.weight", "h.0.constructor.weight"))).toThrow("no parameter");
  expect(() => fromHuggingFace(state("wte"))).toThrow("end in .weight or .bias");
  expect(memory().numTensors).toBe(before);
});

test("config.json there and back again", () => {
  const config = fromHuggingFaceConfig(
    toHuggingFaceConfig({ ...gpt2Presets["gpt2-xl"], dropout: 0.25, hiddenDim: 99 }),
  );
  expect(config).toMatchObject({ ...gpt2Presets["gpt2-xl"], dropout: 0.25, hiddenDim: 99, bias: true });
  // What openai-community/gpt2 publishes.
  const published = {
    activation_function: "gelu_new",
    architectures: ["GPT2LMHeadModel"],
    attn_pdrop: 0.1,
    bos_token_id: 50256,
    embd_pdrop: 0.1,
    eos_token_id: 50256,
    initializer_range: 0.02,
    layer_norm_epsilon: 1e-5,
    model_type: "gpt2",
    n_ctx: 1024,
    n_embd: 768,
    n_head: 12,
    n_layer: 12,
    n_positions: 1024,
    resid_pdrop: 0.1,
    summary_activation: null,
    vocab_size: 50257,
  };
  expect(fromHuggingFaceConfig(published)).toMatchObject({ ...gpt2Presets.gpt2, dropout: 0.1, normEps: 1e-5 });
  expect(() => fromHuggingFaceConfig({ ...published, model_type: "llama" })).toThrow('model_type is "llama"');
  expect(() => fromHuggingFaceConfig({ ...published, activation_function: "relu" })).toThrow("activation_function");
  expect(() => fromHuggingFaceConfig({ ...published, n_embd: "768" })).toThrow('n_embd must be a number, got "768"');
  expect(() => fromHuggingFaceConfig(Object.create(published))).toThrow("n_embd must be a number");
});
