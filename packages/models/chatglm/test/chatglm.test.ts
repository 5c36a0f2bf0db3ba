import { KVCache } from "@llm/kv-cache";
import { expectClose, expectNoLeak } from "@llm/testing";
import { engine, slice, type Tensor, tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test, vi } from "vitest";
import {
  ChatGLM2,
  type ChatGLM2Config,
  chatglm2FromHuggingFace,
  chatglm2FromHuggingFaceConfig,
  chatglm2ParameterCount,
  chatglm2Presets,
  chatglm2ToHuggingFace,
  chatglm2ToHuggingFaceConfig,
  chatglm2Traits,
  chatglmKind,
  GLM,
  type GLMConfig,
  glmFromHuggingFace,
  glmFromHuggingFaceConfig,
  glmParameterCount,
  glmPresets,
  glmToHuggingFace,
  glmToHuggingFaceConfig,
  glmTraits,
  placesOf,
  plansOf,
} from "../src/index.js";

const tokens = { mask: 19, gmask: 20, start: 21, end: 22 };
const glm: GLMConfig = { vocabSize: 23, maxLength: 12, dim: 16, heads: 2, layers: 2, tokens };
const two: ChatGLM2Config = { vocabSize: 23, maxLength: 12, dim: 16, heads: 4, kvHeads: 2, layers: 2, hiddenDim: 20 };
const ids = (...rows: number[][]): Tensor => tensor(rows, [rows.length, rows[0]!.length], "int32");
const near = { absolute: 5e-6, relative: 1e-5 };

test("the published sizes have the published numbers of parameters", () => {
  const six = glmPresets["chatglm-6b"];
  expect(glmParameterCount(six)).toBe(6_173_286_400);
  expect(glmParameterCount({ ...six, tied: false })).toBe(6_707_929_088);
  // The first release had 20,000 image tokens more.
  expect(glmParameterCount({ ...six, vocabSize: 150528 })).toBe(6_255_206_400);
  expect(glmParameterCount(glmPresets["glm-130b"])).toBe(128_697_794_560);
  expect(glmParameterCount({ ...glmPresets["glm-130b"], tied: false })).toBe(130_547_482_624);
  for (const preset of Object.values(chatglm2Presets)) expect(chatglm2ParameterCount(preset)).toBe(6_243_584_000);
});

test("the counts are those of real models", () => {
  const sizes = fc.record({
    heads: fc.integer({ min: 1, max: 3 }),
    layers: fc.integer({ min: 1, max: 2 }),
    hiddenDim: fc.integer({ min: 1, max: 20 }),
    feedForward: fc.constantFrom("gelu" as const, "geglu" as const),
    tied: fc.boolean(),
  });
  fc.assert(
    fc.property(sizes, ({ feedForward, ...rest }) => {
      const common = { vocabSize: 23, maxLength: 4, dim: 4 * rest.heads, ...rest };
      const one = new GLM({ ...common, feedForward, tokens });
      const other = new ChatGLM2({ ...common, kvHeads: 1 });
      const counts = [one.parameterCount(), other.parameterCount()];
      for (const model of [one, other]) model.dispose();
      expect([glmParameterCount(one.config), chatglm2ParameterCount(other.config)]).toEqual(counts);
    }),
    { numRuns: 15 },
  );
});

test("places: the text stands still in a blank, which counts on", () => {
  const { config } = new GLM(glm);
  const rows = ids([1, 2, 19, 5, 21, 3, 4], [1, 2, 3, 4, 5, 6, 7], [19, 2, 20, 21, 5, 21, 19]);
  const plans = plansOf(rows, config);
  // The second row is plain text; the third has two masks before its first start token, and the later one counts.
  expect([plans.given.dtype, plans.slot.dtype]).toEqual(["int32", "int32"]);
  expect([plans.given.arraySync(), plans.slot.arraySync()]).toEqual([
    [4, 0, 3],
    [2, -1, 2],
  ]);
  const whole = placesOf(plans, 0, 7);
  expect(whole.dtype).toBe("int32");
  expect(whole.arraySync()).toEqual([
    [
      [0, 1, 2, 3, 2, 2, 2],
      [0, 0, 0, 0, 1, 2, 3],
    ],
    [
      [0, 1, 2, 3, 4, 5, 6],
      [0, 0, 0, 0, 0, 0, 0],
    ],
    [
      [0, 1, 2, 2, 2, 2, 2],
      [0, 0, 0, 1, 2, 3, 4],
    ],
  ]);
  expect(placesOf(plans, 5, 2).arraySync()).toEqual(
    (whole.arraySync() as number[][][]).map((r) => r.map((p) => p.slice(5))),
  );
  // With one position, a long blank counts on and a short one stands still.
  const slots = plansOf(ids([1, 20, 21], [1, 19, 21], [19, 20, 21], [20, 19, 21]), { ...config, positions: "1d" }).slot;
  expect(slots.arraySync()).toEqual([-1, 1, -1, 1]);
  // A mask of sentences is one where the model has it.
  const sentence = { ...config, tokens: { ...tokens, smask: 18 } };
  expect(plansOf(ids([1, 18, 5, 21]), sentence).slot.arraySync()).toEqual([1]);
  expect(plansOf(ids([1, 18, 5, 21]), config).slot.arraySync()).toEqual([-1]);
});

test("plans and places are made without reading anything back", () => {
  const { config } = new GLM(glm);
  const rows = ids([1, 2, 20, 21], [1, 19, 21, 5]);
  const read = vi.spyOn(engine(), "readSync");
  try {
    placesOf(plansOf(rows, config), 2, 3);
    expect(read).not.toHaveBeenCalled();
  } finally {
    read.mockRestore();
  }
});

test("a cache that does not remember is refused, and one that does frees what it remembers", () => {
  const model = new GLM(glm).eval();
  const prompt = ids([1, 2, 20, 21]);
  const foreign = new KVCache({ layers: 2 });
  model.forward(prompt, { cache: foreign });
  expect(() => model.forward(ids([7]), { cache: foreign })).toThrow("take one of createCache()");
  foreign.dispose();
  expectNoLeak(() => {
    const cache = model.createCache();
    for (let i = 0; i < 2; i++) {
      model.forward(prompt, { cache }).dispose();
      cache.truncate(0);
    }
    cache.dispose();
  });
  model.dispose();
});

test("what is given is seen in both directions, what is written from left to right", () => {
  const model = new GLM(glm).eval();
  const row = [1, 2, 19, 5, 21, 3, 4];
  const at = (i: number, changed: number): Tensor => {
    const other = row.map((id, j) => (j === changed ? 9 : id));
    return slice(model.forward(ids(other)), [0, i, 0], [1, 1, 23]);
  };
  const plain = (i: number): Tensor => at(i, -1);
  expect(at(0, 3).dataSync()).not.toEqual(plain(0).dataSync());
  expectClose(at(0, 5), plain(0), near);
  expectClose(at(5, 6), plain(5), near);
  expect(at(5, 1).dataSync()).not.toEqual(plain(5).dataSync());
  model.dispose();
});

test.each(["2d", "1d"] as const)("step by step with a cache gives the logits of one pass (%s)", (positions) => {
  const model = new GLM({ ...glm, positions }).eval();
  const whole = ids([1, 2, 20, 21, 7, 8, 9]);
  const full = model.forward(whole);
  const cache = model.createCache();
  expectClose(model.forward(slice(whole, [0, 0], [1, 4]), { cache }), slice(full, [0, 0, 0], [1, 4, 23]), near);
  for (let i = 4; i < 7; i++) {
    const part = model.forward(slice(whole, [0, i], [1, 1]), { cache });
    expectClose(part, slice(full, [0, i, 0], [1, 1, 23]), near);
  }
  cache.dispose();
  expectNoLeak(() => model.forward(whole));
  model.dispose();
});

test("ChatGLM2 step by step", () => {
  const model = new ChatGLM2(two).eval();
  const whole = ids([3, 1, 4, 1, 5, 9]);
  const full = model.forward(whole);
  const cache = model.createCache();
  for (let i = 0; i < 6; i++) {
    const part = model.forward(slice(whole, [0, i], [1, 1]), { cache });
    expectClose(part, slice(full, [0, i, 0], [1, 1, 23]), near);
  }
  cache.dispose();
  model.dispose();
});

test("names and layouts are THUDM's, there and back again", () =>
  tidy(() => {
    const exact = { absolute: 0, relative: 0 };
    for (const config of [glm, { ...glm, feedForward: "geglu", tied: false } as const]) {
      const model = new GLM(config);
      const theirs = glmToHuggingFace(model.stateDict(), config);
      expect(theirs.get("transformer.layers.0.attention.query_key_value.weight")?.shape).toEqual([48, 16]);
      if (!config.tied) theirs.set("transformer.layers.0.attention.rotary_emb.inv_freq", zeros([4]));
      const ours = glmFromHuggingFace(theirs, config);
      expect([...ours.keys()].sort()).toEqual([...model.stateDict().keys()].sort());
      for (const [path, value] of model.stateDict()) expectClose(ours.get(path)!, value, exact);
      model.dispose();
    }
    const model = new ChatGLM2(two);
    const theirs = chatglm2ToHuggingFace(model.stateDict(), two);
    expect(Object.fromEntries([...theirs].map(([name, { shape }]) => [name, shape]))).toMatchObject({
      "transformer.embedding.word_embeddings.weight": [23, 16],
      "transformer.encoder.layers.1.self_attention.query_key_value.bias": [32],
      "transformer.encoder.layers.1.self_attention.dense.weight": [16, 16],
      "transformer.encoder.layers.1.mlp.dense_h_to_4h.weight": [40, 16],
      "transformer.encoder.final_layernorm.weight": [16],
      "transformer.output_layer.weight": [23, 16],
    });
    theirs.set("transformer.rotary_pos_emb.inv_freq", zeros([2]));
    const ours = chatglm2FromHuggingFace(theirs, two);
    for (const [path, value] of model.stateDict()) expectClose(ours.get(path)!, value, exact);
    model.dispose();
  }));

test("config.json: both say chatglm, and are told apart", () => {
  for (const preset of Object.values(glmPresets)) {
    const json = JSON.parse(JSON.stringify(glmToHuggingFaceConfig(preset)));
    expect(chatglmKind(json)).toBe("glm");
    expect(glmFromHuggingFaceConfig(json)).toMatchObject(preset);
  }
  for (const preset of Object.values(chatglm2Presets)) {
    const json = JSON.parse(JSON.stringify(chatglm2ToHuggingFaceConfig(preset)));
    expect(chatglmKind(json)).toBe("chatglm2");
    expect(chatglm2FromHuggingFaceConfig(json)).toMatchObject(preset);
  }
  const withSentences = { ...glm, tokens: { ...tokens, smask: 18 } };
  expect(glmFromHuggingFaceConfig(glmToHuggingFaceConfig(withSentences))).toMatchObject(withSentences);
  // THUDM/chatglm-6b, as published.
  const published = {
    architectures: ["ChatGLMModel"],
    bos_token_id: 130004,
    eos_token_id: 130005,
    gmask_token_id: 130001,
    hidden_size: 4096,
    inner_hidden_size: 16384,
    layernorm_epsilon: 1e-5,
    mask_token_id: 130000,
    max_sequence_length: 2048,
    model_type: "chatglm",
    num_attention_heads: 32,
    num_layers: 28,
    pad_token_id: 3,
    position_encoding_2d: true,
    vocab_size: 130528,
  };
  expect(glmFromHuggingFaceConfig(published)).toMatchObject(glmPresets["chatglm-6b"]);
  const json = chatglm2ToHuggingFaceConfig(two);
  expect(() => chatglm2FromHuggingFaceConfig({ ...json, rmsnorm: false })).toThrow("rmsnorm is false");
  expect(() => chatglm2FromHuggingFaceConfig({ ...json, ffn_hidden_size: "x" })).toThrow("must be a number");
  expect(() => glmFromHuggingFaceConfig({ ...published, model_type: "glm" })).toThrow('model_type is "glm"');
});

test("details in words, and errors that teach", () => {
  expect(glmTraits(glmPresets["glm-130b"]).norm).toContain("α = √140");
  expect(chatglm2Traits(chatglm2Presets["chatglm2-6b"]).attention).toContain("32 heads of 128, 2 for keys");
  expect(() => new GLM({ ...glm, dim: 12 })).toThrow("2d positions need a multiple of 4");
  expect(() => new GLM({ ...glm, tokens: { ...tokens, end: 23 } })).toThrow(
    "tokens.end must be an id of the vocabulary",
  );
  expect(() => new GLM({ ...glm, feedForward: "relu" as "gelu" })).toThrow('feedForward must be "gelu" or "geglu"');
  expect(() => new ChatGLM2({ ...two, headDim: 6 })).toThrow("headDim must be a multiple of 4");
  const model = new GLM(glm);
  expect(() => model.forward(tensor([[1]]))).toThrow("GLM: ids must be int32");
  model.dispose();
});
