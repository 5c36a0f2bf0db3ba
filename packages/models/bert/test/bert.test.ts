import { expectClose, expectNoLeak } from "@llm/testing";
import { slice, type Tensor, tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  Bert,
  type BertConfig,
  BertForMaskedLM,
  bertParameterCount,
  bertPresets,
  bertTraits,
  fromHuggingFace,
  fromHuggingFaceConfig,
  toHuggingFace,
  toHuggingFaceConfig,
} from "../src/index.js";

const tiny: BertConfig = { vocabSize: 23, maxLength: 8, dim: 12, heads: 3, layers: 2 };
const ids = (...rows: number[][]): Tensor => tensor(rows, [rows.length, rows[0]!.length], "int32");
const near = { absolute: 2e-6, relative: 1e-5 };

test("the published sizes have the published numbers of parameters", () => {
  const counts = Object.entries(bertPresets).map(([name, config]) => [name, bertParameterCount(config)]);
  expect(Object.fromEntries(counts)).toEqual({
    "bert-base-uncased": 109_482_240,
    "bert-large-uncased": 335_141_888,
    "bert-base-cased": 108_310_272,
    "bert-large-cased": 333_579_264,
  });
});

test("the count is that of a real model, with either top", () => {
  const config = fc.record({
    vocabSize: fc.integer({ min: 1, max: 30 }),
    maxLength: fc.integer({ min: 1, max: 9 }),
    heads: fc.integer({ min: 1, max: 3 }),
    layers: fc.integer({ min: 1, max: 3 }),
    hiddenDim: fc.integer({ min: 1, max: 20 }),
    types: fc.integer({ min: 1, max: 3 }),
  });
  fc.assert(
    fc.property(config, (sizes) => {
      const [bert, masked] = [
        new Bert({ ...sizes, dim: 2 * sizes.heads }),
        new BertForMaskedLM({ ...sizes, dim: 2 * sizes.heads }),
      ];
      const counts = [bert.parameterCount(), masked.parameterCount()];
      for (const model of [bert, masked]) model.dispose();
      expect([bertParameterCount(bert.config), bertParameterCount(bert.config, { head: "masked-lm" })]).toEqual(counts);
    }),
    { numRuns: 15 },
  );
});

test("every position sees every other, but no padding", () => {
  const model = new Bert(tiny).eval();
  const first = (row: number[], lengths?: Tensor): Tensor =>
    slice(model.forward(ids(row), { lengths }), [0, 0, 0], [1, 1, 12]);
  expect(first([1, 2, 3]).dataSync()).not.toEqual(first([1, 2, 4]).dataSync());
  const three = tensor([3], [1], "int32");
  expectClose(first([1, 2, 3, 9, 9], three), first([1, 2, 3]), near);
  const types = ids([0, 1, 1]);
  expect(model.forward(ids([1, 2, 3]), { types }).dataSync()).not.toEqual(model.forward(ids([1, 2, 3])).dataSync());
  expectNoLeak(() => model.pool(model.forward(ids([1, 2, 3]))));
  model.dispose();
});

test("names are Hugging Face's, there and back again; names of 2018 too", () =>
  tidy(() => {
    const model = new BertForMaskedLM(tiny);
    const theirs = toHuggingFace(model.stateDict());
    expect([...theirs.keys()]).toContain("cls.predictions.bias");
    expect(theirs.get("bert.encoder.layer.1.intermediate.dense.weight")?.shape).toEqual([48, 12]);
    const old = new Map(
      [...theirs].map(([name, value]) => [
        name.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"),
        value,
      ]),
    );
    old.set("cls.predictions.decoder.weight", zeros([23, 12])).set("bert.embeddings.position_ids", zeros([1, 8]));
    old.set("cls.seq_relationship.weight", zeros([2, 12]));
    const ours = fromHuggingFace(old);
    expect([...ours.keys()].sort()).toEqual([...model.stateDict().keys()].sort());
    for (const [path, value] of model.stateDict()) expectClose(ours.get(path)!, value, { absolute: 0, relative: 0 });
    model.dispose();
  }));

test.each(Object.entries(bertPresets))("%s: config.json there and back again", (_, preset) => {
  expect(fromHuggingFaceConfig(JSON.parse(JSON.stringify(toHuggingFaceConfig(preset))))).toMatchObject(preset);
});

test("details in words, and errors that teach", () => {
  expect(bertTraits(bertPresets["bert-base-uncased"])).toMatchObject({ objective: "masked language model" });
  const json = toHuggingFaceConfig(tiny);
  expect(() => fromHuggingFaceConfig({ ...json, is_decoder: true })).toThrow("is_decoder is true, only false is known");
  expect(() => fromHuggingFaceConfig({ ...json, hidden_act: "relu" })).toThrow('hidden_act is "relu"');
  const model = new Bert(tiny, undefined, { pooler: false });
  expect(() => model.pool(model.forward(ids([1])))).toThrow("this model has no pooler");
  expect(() => model.forward(ids([1, 2, 3, 4, 5, 6, 7, 8, 9]))).toThrow("Bert: 9 positions exceed");
  expect(() => model.forward(tensor([[1]]))).toThrow("Bert: ids must be int32");
  expect(() => new Bert({ ...tiny, heads: 5 })).toThrow("Bert: heads must divide dim = 12, got 5");
  model.dispose();
});
