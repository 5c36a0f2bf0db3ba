import { Module, parameter } from "@llm/module";
import { expectClose } from "@llm/testing";
import {
  concat,
  memory,
  ones,
  split,
  type Tensor,
  tensor,
  transpose,
  type Variable,
  zeros,
} from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { loadWeights, streamWeights, type WeightSource } from "../src/index.js";

const exact = { absolute: 0, relative: 0 };

class Layer extends Module {
  q: Variable;
  k: Variable;
  constructor(seed: number) {
    super();
    this.q = parameter(tensor([[seed, seed + 1, seed + 2]]));
    this.k = parameter(tensor([[-seed, 0, 7]]));
  }
}
class Model extends Module {
  norm: Variable = parameter(tensor([1, 2]));
  layers: Layer[] = [new Layer(10), new Layer(20)];
}

/** A file that stores q and k of a layer as one matrix, transposed. */
const fuse = (state: ReadonlyMap<string, Tensor>): Map<string, Tensor> => {
  const out = new Map<string, Tensor>();
  for (const [name, value] of state) {
    if (name === "norm") out.set("final.norm", value);
    if (name.endsWith(".q"))
      out.set(name.replace(".q", ".qk"), transpose(concat([value, state.get(name.replace(".q", ".k"))!], 0)));
  }
  return out;
};
const unfuse = (state: ReadonlyMap<string, Tensor>): Map<string, Tensor> => {
  const out = new Map<string, Tensor>();
  for (const [name, value] of state) {
    if (name === "final.norm") out.set("norm", value);
    else split(transpose(value), 2).forEach((part, i) => void out.set(name.replace(".qk", [".q", ".k"][i]!), part));
  }
  return out;
};

async function fileOf(
  state: ReadonlyMap<string, Tensor>,
  convert?: typeof fuse,
): Promise<WeightSource & { reads: string[] }> {
  const stream = streamWeights(state, convert);
  const stored = new Map<string, { shape: readonly number[]; values: Float32Array }>();
  for (const [name, { shape, values }] of stream.tensors) stored.set(name, { shape, values: (await values()).slice() });
  stream.dispose();
  const reads: string[] = [];
  const readFloat32 = async (name: string) => {
    reads.push(name);
    return stored.get(name)!;
  };
  return { tensors: stored, readFloat32, reads };
}

test("out and in again, in another layout, and nothing stays behind", async () => {
  const [model, other] = [new Model(), new Model()];
  for (const value of other.namedParameters().values()) {
    const zero = zeros(value.shape) as Variable;
    value.assign(zero);
    zero.dispose();
  }
  const before = memory().numTensors;
  const file = await fileOf(model.namedParameters(), fuse);
  expect([...file.tensors]).toMatchObject([
    ["final.norm", { shape: [2] }],
    ["layers.0.qk", { shape: [3, 2] }],
    ["layers.1.qk", { shape: [3, 2] }],
  ]);
  await loadWeights(other.namedParameters(), file, { convert: unfuse });
  for (const [path, value] of model.namedParameters()) expectClose(other.namedParameters().get(path)!, value, exact);
  expect(memory().numTensors).toBe(before);
});

test("one layer at a time is in memory beside the model", async () => {
  const model = new Model();
  const before = memory().numTensors;
  const stream = streamWeights(model.namedParameters(), fuse);
  expect(memory().numTensors).toBe(before);
  for (const [, { values }] of stream.tensors) {
    await values();
    expect(memory().numTensors - before).toBeLessThanOrEqual(1);
  }
  stream.dispose();
  expect(memory().numTensors).toBe(before);
});

test("names are the same without a conversion; what is of no use is not read", async () => {
  const model = new Model();
  const file = await fileOf(model.namedParameters());
  await loadWeights(new Model().namedParameters(), file);
  expect(file.reads).toEqual(["norm", "layers.0.q", "layers.0.k", "layers.1.q", "layers.1.k"]);
  const more = await fileOf(new Map([...model.namedParameters(), ["buffer", tensor([1])]]));
  await expect(loadWeights(new Model().namedParameters(), more)).rejects.toThrow("the model has no parameter buffer");
  await loadWeights(new Model().namedParameters(), more, { skip: (name) => name === "buffer" });
  expect(more.reads.filter((name) => name === "buffer")).toHaveLength(1);
});

test("errors name the parameter, and free what was made", async () => {
  const model = new Model();
  const load = async (change: (state: Map<string, Tensor>) => void, convert?: typeof fuse): Promise<void> => {
    const state = new Map<string, Tensor>(new Model().namedParameters());
    change(state);
    const file = await fileOf(state);
    const before = memory().numTensors;
    try {
      await loadWeights(model.namedParameters(), file, { convert });
    } finally {
      expect(memory().numTensors).toBe(before);
    }
  };
  await expect(load((state) => state.delete("layers.1.k"))).rejects.toThrow("the file does not have layers.1.k");
  await expect(load((state) => state.set("norm", ones([3])))).rejects.toThrow(
    "norm has shape [3] in the file, the model has [2]",
  );
  await expect(
    load(
      () => {},
      (state) => new Map([["norm", [...state.values()][0]!]]),
    ),
  ).rejects.toThrow(/norm has shape|norm twice/);
  expect(() => streamWeights(model.namedParameters(), (state) => new Map([["x", [...state.values()][0]!]]))).toThrow(
    "two parameters become x",
  );
});
