import { bool, decodeGGUF, encodeGGUF, fromFloat32, type MetadataValue, numbers, string, uint32 } from "@llm/gguf";
import { expectClose, expectNoLeak } from "@llm/testing";
import { dispose, randomNormal, type Tensor, tidy, type Variable, zeros } from "@tensorflow/tfjs-core";
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

const exact = { absolute: 0, relative: 0 };
const sizes = { vocabSize: 9, maxLength: 16, dim: 32, heads: 4, layers: 2, hiddenDim: 24, types: 3 } as const;

/** A file with the model's sizes and tensors. */
async function fileOf(model: BertForMaskedLM, change: (metadata: Map<string, MetadataValue>) => void = () => {}) {
  const metadata = new Map([...toGGUFConfig(model.config), ...(await headToGGUF(model.namedParameters()))]);
  change(metadata);
  const tensors = toGGUF(model.namedParameters());
  const stored = new Map(
    [...tensors].map(([name, t]) => [name, fromFloat32(t.dataSync<"float32">().slice(), t.shape)]),
  );
  for (const tensor of tensors.values()) tensor.dispose();
  return decodeGGUF(encodeGGUF(metadata, stored));
}

test("parameters and sizes there and back again", async () => {
  const model = new BertForMaskedLM(sizes);
  // Fresh biases are all alike.
  tidy(() => {
    for (const value of model.namedParameters().values()) value.assign(randomNormal(value.shape) as Variable);
  });
  const theirs = toGGUF(model.namedParameters());
  const file = await fileOf(model);
  const ours = new Map([...fromGGUF(theirs), ...headFromGGUF(file, model.config)]);
  expect([...ours.keys()].sort()).toEqual([...model.namedParameters().keys()].sort());
  for (const [path, value] of model.namedParameters()) expectClose(ours.get(path)!, value, exact);
  // One tensor, or one layer, may come alone: large files are read in parts.
  for (const [name, tensor] of theirs) {
    for (const [path, part] of fromGGUF(new Map([[name, tensor]]))) expectClose(part, ours.get(path)!, exact);
  }
  expect(fromGGUFConfig(file)).toEqual(model.config);
  expectNoLeak(() => [...fromGGUF(toGGUF(model.namedParameters())), ...headFromGGUF(file, model.config)]);
  dispose([...ours.values(), ...theirs.values()]);
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
  const other = (): Map<string, Tensor> => new Map([["blk.0.ffn_gate.weight", zeros([2])]]);
  expect(() => fromGGUF(other())).toThrow('no parameter "blk.0.ffn_gate.weight"');
  expect(() => toGGUF(other())).toThrow("no parameter");
  const file = (change: (metadata: Map<string, MetadataValue>) => void) =>
    fileOf(model, change).then((opened) => {
      for (const tensor of headFromGGUF(opened, fromGGUFConfig(opened)).values()) tensor.dispose();
    });
  await expect(file((metadata) => metadata.set("general.architecture", string("mamba")))).rejects.toThrow(
    'architecture "mamba", not ',
  );
  await expect(file((metadata) => metadata.set("bert.attention.causal", bool(true)))).rejects.toThrow("causal is true");
  const key = "bert.block_count";
  await expect(file((metadata) => metadata.delete(key))).rejects.toThrow(`metadata "${key}" must be a number`);
  await expect(file((metadata) => metadata.set(key, uint32(0)))).rejects.toThrow("layers must be a positive whole");
  const bias = "bert.masked_lm.bias";
  await expect(file((metadata) => metadata.delete(bias))).rejects.toThrow(`no ${bias}; it is an encoder without`);
  const nine = [0, 1, 2, 3, Number.NaN, 5, 6, 7, 8];
  await expect(file((metadata) => metadata.set(bias, numbers("float32", nine)))).rejects.toThrow(
    "element 4 of 9 is NaN",
  );
  await expect(file((metadata) => metadata.set(bias, numbers("float32", [1])))).rejects.toThrow(
    "9 numbers, [9], got 1",
  );
  model.dispose();
});

test("whatever the metadata of a head are, the answer is a head or an error that teaches", async () => {
  const model = new BertForMaskedLM(sizes);
  const { metadata } = await fileOf(model);
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
