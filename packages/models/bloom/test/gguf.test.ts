import { decodeGGUF, encodeGGUF, fromFloat32, type MetadataValue, string, uint32 } from "@llm/gguf";
import { expectClose, expectNoLeak } from "@llm/testing";
import { type Tensor, zeros } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Bloom, fromGGUF, fromGGUFConfig, toGGUF, toGGUFConfig } from "../src/index.js";

// That llama.cpp computes the same with such files is shown by packages/tooling/interop.

const exact = { absolute: 0, relative: 0 };
const sizes = { vocabSize: 9, maxLength: 16, dim: 32, heads: 4, layers: 2, hiddenDim: 24, normEps: 1e-6 } as const;

/** A file with the model's sizes and tensors. */
function fileOf(model: Bloom, change: (metadata: Map<string, MetadataValue>) => void = () => {}) {
  const metadata = toGGUFConfig(model.config);
  change(metadata);
  const tensors = toGGUF(model.namedParameters());
  const stored = new Map(
    [...tensors].map(([name, t]) => [name, fromFloat32(t.dataSync<"float32">().slice(), t.shape)]),
  );
  for (const tensor of tensors.values()) tensor.dispose();
  return decodeGGUF(encodeGGUF(metadata, stored));
}

test("parameters and sizes there and back again", () => {
  const model = new Bloom(sizes);
  const theirs = toGGUF(model.namedParameters());
  const ours = fromGGUF(theirs);
  expect([...ours.keys()].sort()).toEqual([...model.namedParameters().keys()].sort());
  for (const [path, value] of model.namedParameters()) expectClose(ours.get(path)!, value, exact);
  // One tensor, or one layer, may come alone: large files are read in parts.
  for (const [name, tensor] of theirs) {
    for (const [path, part] of fromGGUF(new Map([[name, tensor]]))) expectClose(part, ours.get(path)!, exact);
  }
  const file = fileOf(model);
  expect(fromGGUFConfig(file)).toEqual(model.config);
  expectNoLeak(() => fromGGUF(toGGUF(model.namedParameters())));
  model.dispose();
});

test("what the model does not have is an error", () => {
  const model = new Bloom(sizes);
  const other = (): Map<string, Tensor> => new Map([["blk.0.ffn_gate_exps.weight", zeros([2])]]);
  expect(() => fromGGUF(other())).toThrow('no parameter "blk.0.ffn_gate_exps.weight"');
  expect(() => toGGUF(other())).toThrow("no parameter");
  const file = (change: (metadata: Map<string, MetadataValue>) => void) => () => fromGGUFConfig(fileOf(model, change));
  expect(file((metadata) => metadata.set("general.architecture", string("mamba")))).toThrow(
    'architecture "mamba", not ',
  );
  const key = [...toGGUFConfig(model.config).keys()].find((each) => each.endsWith(".block_count"))!;
  expect(file((metadata) => metadata.delete(key))).toThrow(`metadata "${key}" must be a number`);
  expect(file((metadata) => metadata.set(key, uint32(0)))).toThrow("layers must be a positive whole number");
  expect(file((metadata) => metadata.set(key, string("2")))).toThrow("got the string 2");
  model.dispose();
});
