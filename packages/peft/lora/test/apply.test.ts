import type { Module } from "@llm/module";
import { type NamedParameters, valueAndGrads } from "@llm/ops";
import { Random, withRandom } from "@llm/random";
import { expectClose } from "@llm/testing";
import {
  mean,
  memory,
  type Scalar,
  square,
  sub,
  type Tensor,
  tensor,
  tidy,
  type Variable,
} from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { applyLora, LoraLinear, loadLora, loraHandle, loraStateDict, mergeLora, unloadLora } from "../src/index.js";
import { Model } from "./model.js";

const x = tensor([
  [1, -0.5, 0.3, 2],
  [0, 1, -1, 0.5],
]);
const targets = ["q_proj", "v_proj"];
const read = (value: Tensor): number[] => Array.from(value.dataSync());

/** A few steps of gradient descent; the adapters' values are then no longer what they began as. */
function train(model: Model, parameters: NamedParameters, steps = 3): void {
  for (let i = 0; i < steps; i++) {
    tidy(() => {
      const { grads } = valueAndGrads(() => mean(square(sub(model.forward(x), 1))) as Scalar, parameters);
      for (const [name, grad] of grads) {
        const parameter = parameters.get(name) as Variable;
        parameter.assign(
          sub(
            parameter,
            tensor(
              read(grad).map((g) => 0.5 * g),
              grad.shape,
            ),
          ),
        );
      }
    });
  }
}

test("an adapted model starts bit for bit as the model, and only the adapters are trainable", () => {
  const model = new Model();
  const before = read(model.forward(x));
  const handle = applyLora(model, { rank: 2, targets });
  expect(read(model.forward(x))).toEqual(before);
  expect([...handle.parameters.keys()]).toEqual(
    [0, 1].flatMap((i) => targets.flatMap((t) => ["a", "b"].map((s) => `layers.${i}.${t}.lora_${s}`))),
  );
  const trainable = [...model.namedParameters()].filter(([, p]) => p.trainable).map(([name]) => name);
  expect(trainable.sort()).toEqual([...handle.parameters.keys()].sort());
  expect(handle.parameterCount).toBe(4 * 2 * (4 + 4));
  expect(handle.config).toEqual({ rank: 2, alpha: 4, targets, dropout: 0, scaling: "lora" });
});

test("names of the frozen model stay what they were, so its checkpoints still load", () => {
  const model = new Model();
  const names = [...model.namedParameters().keys()];
  const state = new Map([...new Model(7).stateDict()]);
  applyLora(model, { rank: 2, targets });
  expect([...model.namedParameters().keys()].filter((name) => !name.includes("lora_")).sort()).toEqual(names.sort());
  model.loadStateDict(state, { strict: false });
  expect(read(model.forward(x))).toEqual(read(new Model(7).forward(x)));
});

test("training moves the adapters alone; merged weights compute the same", () => {
  const model = new Model();
  const frozen = [...model.namedParameters()].map(([name, p]) => [name, read(p)] as const);
  const handle = applyLora(model, { rank: 2, targets, scaling: "rslora", alpha: 3 });
  const before = read(model.forward(x));
  train(model, handle.parameters);
  const adapted = read(model.forward(x));
  expect(Math.max(...adapted.map((v, i) => Math.abs(v - (before[i] as number))))).toBeGreaterThan(0.01);
  for (const [name, values] of frozen) expect(read(model.namedParameters().get(name) as Tensor)).toEqual(values);
  const biasFlags = [...model.namedParameters().values()].length;
  handle.merge();
  expect([...model.namedParameters().values()].length).toBe(biasFlags - handle.parameters.size);
  expectClose(model.forward(x), adapted, { absolute: 1e-5, relative: 1e-5 });
  expect([...model.namedParameters().values()].every((p) => p.trainable)).toBe(true);
  expect(() => handle.merge()).toThrow("merged or removed before");
});

test("remove puts back the very modules and flags, and frees the adapters alone", () => {
  const model = new Model();
  model.scale.trainable = false;
  const before = read(model.forward(x));
  const modules = [...model.namedModules()];
  const flags = [...model.namedParameters().values()].map((p) => p.trainable);
  const tensors = memory().numTensors;
  const handle = applyLora(model, { rank: 3, targets: "all-linear" });
  expect(memory().numTensors).toBe(tensors + 8);
  train(model, handle.parameters);
  model.eval();
  handle.remove();
  expect(memory().numTensors).toBe(tensors);
  const restored = [...model.namedModules()];
  expect(restored.length).toBe(modules.length);
  modules.forEach(([path, module], i) => {
    expect(restored[i]?.[0]).toBe(path);
    expect(restored[i]?.[1]).toBe(module);
    expect(module.training).toBe(false);
  });
  expect([...model.namedParameters().values()].map((p) => p.trainable)).toEqual(flags);
  expect(read(model.forward(x))).toEqual(before);
  expect(() => handle.remove()).toThrow("merged or removed before");
});

test("targets are chosen as PEFT chooses them", () => {
  const chosen = (targets: Parameters<typeof applyLora>[1]["targets"]): string[] => {
    const model = new Model();
    return [...applyLora(model, { rank: 1, targets }).layers.keys()];
  };
  const all = [0, 1].flatMap((i) => [`layers.${i}.q_proj`, `layers.${i}.v_proj`]);
  expect(chosen("all-linear")).toEqual(all);
  expect(chosen(["v_proj"])).toEqual(all.filter((path) => path.endsWith("v_proj")));
  expect(chosen(["layers.1.q_proj", "lm_head"])).toEqual(["layers.1.q_proj", "lm_head"]);
  expect(chosen(/layers\.0\./g)).toEqual(all.slice(0, 2));
  const model = new Model();
  const message = "the model's linear layers end in: q_proj, v_proj, lm_head (paths: layers.0.q_proj";
  expect(() => applyLora(model, { rank: 1, targets: ["q_proj", "k_proj"] })).toThrow(
    `no linear layer matches k_proj; ${message}`,
  );
  expect(() => applyLora(model, { rank: 1, targets: [] })).toThrow(message);
  expect(() => applyLora(model, { rank: 1, targets: ["roj"] })).toThrow(message);
  expect([...model.namedParameters().values()].every((p) => p.trainable)).toBe(true);
});

test("a model is adapted once at a time", () => {
  const model = new Model();
  expect(() => loraHandle(model)).toThrow("not adapted");
  const handle = applyLora(model, { rank: 1, targets });
  expect(loraHandle(model)).toBe(handle);
  expect(() => applyLora(model, { rank: 1, targets })).toThrow("adapted already");
  unloadLora(model);
  applyLora(model, { rank: 1, targets });
  mergeLora(model);
  expect(() => unloadLora(model)).toThrow("not adapted");
  expect([...model.namedModules().values()].some((module) => module instanceof LoraLinear)).toBe(false);
  expect(() => applyLora(model.lmHead as Module, { rank: 1, targets: "all-linear" })).toThrow("itself a linear layer");
});

test("each layer draws A from a stream of its own, whatever else is adapted", () => {
  const first = (targets: string[]): number[] => {
    const handle = applyLora(new Model(), { rank: 2, targets, random: new Random(5) });
    return read(handle.parameters.get("layers.1.v_proj.lora_a") as Tensor);
  };
  expect(first(["v_proj"])).toEqual(first(["q_proj", "v_proj"]));
  const handle = applyLora(new Model(), { rank: 2, targets, random: new Random(5) });
  const [q, v] = ["q", "v"].map((n) => read(handle.parameters.get(`layers.0.${n}_proj.lora_a`) as Tensor));
  expect(q).not.toEqual(v);
});

test("dropout meets the adapter's input in training, and never the frozen path", () => {
  const model = new Model();
  const handle = applyLora(model, { rank: 2, targets, dropout: 0.5 });
  const run = (seed: number): number[] => withRandom(new Random(seed), () => read(model.forward(x)));
  const frozen = read(new Model().forward(x));
  expect(run(1)).toEqual(frozen); // B is still zero
  withRandom(new Random(9), () => train(model, handle.parameters));
  expect(run(1)).toEqual(run(1));
  expect(run(1)).not.toEqual(run(2));
  model.eval();
  expect(read(model.forward(x))).toEqual(run(1));
});

test("an adapter travels under PEFT's names", () => {
  const [model, other] = [new Model(), new Model()];
  const handle = applyLora(model, { rank: 2, targets });
  train(model, handle.parameters);
  const state = loraStateDict(model);
  expect([...state.keys()].slice(0, 2)).toEqual([
    "base_model.model.layers.0.q_proj.lora_A.weight",
    "base_model.model.layers.0.q_proj.lora_B.weight",
  ]);
  applyLora(other, { rank: 2, targets });
  loadLora(other, new Map([...state].map(([name, p]) => [name.replace(/(lora_[AB])/, "$1.default"), p])));
  expect(read(other.forward(x))).toEqual(read(model.forward(x)));
  expect([...loraStateDict(model, { prefix: "" }).keys()][0]).toBe("layers.0.q_proj.lora_A.weight");
  handle.remove();
  expectClose(loraStateDict(other).get("base_model.model.layers.0.q_proj.lora_B.weight") as Tensor, [
    ...read(loraHandle(other).parameters.get("layers.0.q_proj.lora_b") as Tensor),
  ]);
});

test("an adapter that does not fit is refused as a whole", () => {
  const model = new Model();
  applyLora(model, { rank: 2, targets: ["q_proj"] });
  const before = [...loraStateDict(model).values()].map(read);
  const foreign = applyLora(new Model(), { rank: 3, targets: ["v_proj"] });
  const name = "base_model.model.layers.0.q_proj.lora_A.weight";
  const state = new Map<string, Tensor>([
    [name, foreign.parameters.get("layers.0.v_proj.lora_a") as Tensor],
    ["base_model.model.layers.0.v_proj.lora_A.weight", foreign.parameters.get("layers.0.v_proj.lora_a") as Tensor],
  ]);
  expect(() => loadLora(model, state)).toThrow(
    /lora_A\.weight has shape \[3,4\], the model's adapter has \[2,4\]; missing .*lora_B\.weight;.*unknown .*v_proj/,
  );
  expect([...loraStateDict(model).values()].map(read)).toEqual(before);
});
