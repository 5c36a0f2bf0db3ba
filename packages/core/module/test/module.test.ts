import { expectClose } from "@llm/testing";
import { add, memory, mul, ones, type Tensor, tensor, type Variable, zeros } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Module, parameter } from "../src/index.js";

class Affine extends Module {
  weight: Variable = parameter(ones([2]));
  forward(x: Tensor): Tensor {
    return mul(x, this.weight);
  }
}

class Stack extends Module {
  embedTokens: Affine = new Affine();
  layers: Module[] = [new Affine(), new Affine()];
  finalBias: Variable = parameter(zeros([2]));
  tied: Variable = this.embedTokens.weight;
}

const paths = ["final_bias", "tied", "layers.0.weight", "layers.1.weight"];

test("paths are Hugging Face's, and tied parameters are listed once", () => {
  const model = new Stack();
  expect([...model.namedParameters().keys()].sort()).toEqual([...paths].sort());
  expect([...model.namedModules().keys()]).toEqual(["", "embed_tokens", "layers.0", "layers.1"]);
  expect(model.parameterCount()).toBe(8);
  expect(model.getModule("embed_tokens")).toBe(model.embedTokens);
  expect(model.getModule("layers.1")).toBe(model.layers[1]);
  model.dispose();
});

test("modules can be replaced by path", () => {
  const model = new Stack();
  const [first, other] = [new Affine(), new Affine()];
  model.setModule("layers.1", first);
  model.setModule("embed_tokens", other);
  expect(model.layers[1]).toBe(first);
  expect(model.embedTokens).toBe(other);
  expect(() => model.getModule("layers.7")).toThrow("no module");
  expect(() => model.getModule("nothing.here")).toThrow('"nothing"');
  expect(() => model.setModule("", first)).toThrow("root");
});

test("training mode reaches the whole tree", () => {
  const model = new Stack().eval();
  expect([...model.namedModules().values()].map((m) => m.training)).toEqual([false, false, false, false]);
  expect(model.train().layers[0]?.training).toBe(true);
});

test("a state dictionary is loaded as a whole or not at all", () => {
  const model = new Stack();
  const state = new Map<string, Tensor>(paths.map((path, i) => [path, tensor([i, i + 1])]));
  model.loadStateDict(state);
  expectClose(model.layers[1]?.namedParameters().get("weight") as Tensor, [3, 4]);
  expectClose(add(model.tied, 0), [1, 2]);
  expectClose(model.embedTokens.weight, [1, 2]);

  const broken = new Map(state).set("layers.0.weight", zeros([3])).set("surplus", zeros([1]));
  broken.delete("final_bias");
  broken.set("tied", zeros([2]));
  expect(() => model.loadStateDict(broken)).toThrow(
    /missing final_bias; layers\.0\.weight has shape \[3\], the model has \[2\]; unknown surplus/,
  );
  expectClose(model.tied, [1, 2]);
  model.loadStateDict(new Map([["tied", zeros([2])]]), { strict: false });
  expectClose(model.tied, [0, 0]);
});

test("dispose frees every parameter, and parameter() takes over its initial value", () => {
  const before = memory().numTensors;
  const model = new Stack();
  expect(memory().numTensors).toBe(before + 4);
  model.dispose();
  expect(memory().numTensors).toBe(before);
});
