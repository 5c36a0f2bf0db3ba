import { bool, numbers, string, uint32 } from "@llm/gguf";
import { type Change, expectStrangersRefused, expectThereAndBack, fileOf, type InGGUF } from "@llm/gguf-testing";
import { expectNoLeak } from "@llm/testing";
import { dispose, randomNormal, tidy, type Variable, zeros } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import {
  Bert,
  BertForMaskedLM,
  fromGGUF,
  fromGGUFConfig,
  headFromGGUF,
  headToGGUF,
  toGGUF,
  toGGUFConfig,
} from "../src/index.js";

// That llama.cpp computes the same with such files is shown by packages/tooling/interop.

const _exact = { absolute: 0, relative: 0 };
const sizes = { vocabSize: 9, maxLength: 16, dim: 32, heads: 4, layers: 2, hiddenDim: 24, types: 3 } as const;

/** With a head that was stored beside the tensors. */
async function storedAs(model: BertForMaskedLM): Promise<InGGUF> {
  const head = await headToGGUF(model.namedParameters());
  return { model, metadata: () => new Map([...toGGUFConfig(model.config), ...head]), toGGUF, fromGGUF };
}

test("parameters and sizes there and back again", async () => {
  const model = new BertForMaskedLM(sizes);
  // Fresh biases are all alike.
  tidy(() => {
    for (const value of model.namedParameters().values()) value.assign(randomNormal(value.shape) as Variable);
  });
  const stored = await storedAs(model);
  const file = fileOf(stored);
  expectThereAndBack(stored, headFromGGUF(file, model.config));
  expect(fromGGUFConfig(file)).toEqual(model.config);
  expectNoLeak(() => headFromGGUF(file, model.config));
  model.dispose();
});

test("names are llama.cpp's; heads and poolers are left out", () =>
  tidy(() => {
    const model = new Bert(sizes);
    const state = new Map([...model.namedParameters()].map(([path, value]) => [`bert.${path}`, value]));
    const theirs = toGGUF(state);
    expect(theirs.size).toBe(state.size - 2);
    expect([...theirs.keys()]).toContain("blk.1.layer_output_norm.bias");
    expect(theirs.get("token_types.weight")?.shape).toEqual([3, 32]);
    theirs.set("cls.weight", zeros([32, 32]));
    expect(fromGGUF(theirs).size).toBe(state.size - 2);
    model.dispose();
  }));

test("the metadata are those that llama.cpp asks for", () => {
  const metadata = toGGUFConfig(sizes);
  expect(metadata.get("bert.attention.causal")).toEqual(bool(false));
  expect(metadata.get("bert.pooling_type")).toEqual(uint32(1));
  expect(metadata.get("tokenizer.ggml.token_type_count")).toEqual(uint32(3));
  expect(toGGUFConfig(sizes, { pooling: "cls" }).get("bert.pooling_type")).toEqual(uint32(2));
  expect(() => toGGUFConfig(sizes, { pooling: "max" as "mean" })).toThrow('"none", "mean" or "cls", got "max"');
});

test("what the model does not have is an error", async () => {
  const model = new BertForMaskedLM(sizes);
  const stored = await storedAs(model);
  expectStrangersRefused(stored, fromGGUFConfig, { tensor: "blk.0.ffn_gate.weight" });
  const file = (change: Change) => () => {
    const opened = fileOf(stored, change);
    dispose([...headFromGGUF(opened, fromGGUFConfig(opened)).values()]);
  };
  expect(file((metadata) => metadata.set("bert.attention.causal", bool(true)))).toThrow("causal is true");
  const bias = "bert.masked_lm.bias";
  expect(file((metadata) => metadata.delete(bias))).toThrow(`no ${bias}; it is an encoder without`);
  const nine = [0, 1, 2, 3, Number.NaN, 5, 6, 7, 8];
  expect(file((metadata) => metadata.set(bias, numbers("float32", nine)))).toThrow("element 4 of 9 is NaN");
  expect(file((metadata) => metadata.set(bias, numbers("float32", [1])))).toThrow("9 numbers, [9], got 1");
  model.dispose();
});

test("whatever the metadata of a head are, the answer is a head or an error that teaches", async () => {
  const model = new BertForMaskedLM(sizes);
  const { metadata } = fileOf(await storedAs(model));
  const value = fc.oneof(
    fc.constant(undefined),
    fc.string().map(string),
    fc.array(fc.float(), { maxLength: 40 }).map((values) => numbers("float32", values)),
    fc.integer({ min: 0, max: 2 ** 32 - 1 }).map(uint32),
  );
  const keys = [...metadata.keys()].filter((key) => key.startsWith("bert."));
  fc.assert(
    fc.property(fc.constantFrom(...keys), value, (key, replaced) => {
      const changed = new Map(metadata);
      if (replaced) changed.set(key, replaced);
      else changed.delete(key);
      try {
        const opened = { metadata: changed, tensors: new Map() };
        dispose([...headFromGGUF(opened, fromGGUFConfig(opened)).values()]);
      } catch (error) {
        expect((error as Error).message).toMatch(/^(BERT in GGUF|Bert|metadata)/);
      }
    }),
    { numRuns: 300 },
  );
  model.dispose();
});
