import { AdamW } from "@llm/adamw";
import { Linear } from "@llm/linear";
import { Module, parameter } from "@llm/module";
import { valueAndGrads } from "@llm/ops";
import { Random } from "@llm/random";
import { expectClose } from "@llm/testing";
import {
  abs,
  dispose,
  gather,
  mean,
  relu,
  type Scalar,
  square,
  sub,
  type Tensor,
  tensor,
  tidy,
  type Variable,
} from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { groupByRate, mupRules, OptimizerGroups, scaleInit } from "../src/index.js";

const shapes = (entries: Record<string, number[]>): Map<string, { shape: number[] }> =>
  new Map(Object.entries(entries).map(([name, shape]) => [name, { shape }]));

test("table 3 of the paper, from two models' shapes", () => {
  const of = (d: number): Map<string, { shape: number[] }> =>
    shapes({
      "embed_tokens.weight": [100, d],
      "layers.0.q_proj.weight": [d, d],
      "layers.0.q_proj.bias": [d],
      "layers.0.fc_out.weight": [d, 4 * d],
      "layers.0.gate.weight": [3, 3],
      "lm_head.weight": [100, d],
    });
  expect(Object.fromEntries(mupRules(of(256), of(64)))).toEqual({
    "embed_tokens.weight": { kind: "input", init: 1, learningRate: 1 },
    "layers.0.q_proj.weight": { kind: "hidden", init: 0.5, learningRate: 0.25 },
    "layers.0.q_proj.bias": { kind: "input", init: 1, learningRate: 1 },
    "layers.0.fc_out.weight": { kind: "hidden", init: 0.5, learningRate: 0.25 },
    "layers.0.gate.weight": { kind: "fixed", init: 1, learningRate: 1 },
    "lm_head.weight": { kind: "output", init: 0.25, learningRate: 0.25 },
  });
  for (const { init, learningRate } of mupRules(of(64), of(64)).values()) expect([init, learningRate]).toEqual([1, 1]);
});

test("models that differ in more than width are refused", () => {
  expect(() => mupRules(shapes({ a: [2, 2] }), shapes({ a: [2] }))).toThrow("a is [2,2], in the base model [2]");
  expect(() => mupRules(shapes({ a: [2], b: [2] }), shapes({ a: [2] }))).toThrow("b is [2], in the base model missing");
  expect(() => mupRules(shapes({ a: [2] }), shapes({ a: [2], b: [2] }))).toThrow("the base model has b");
});

const BASE = 32;

/** Three layers, with deviations that do not depend on the width, as GPT-2's. */
class Net extends Module {
  embedTokens: Embed;
  hidden: Linear;
  lmHead: Linear;

  constructor(dim: number) {
    super();
    const random = new Random(7);
    this.embedTokens = new Embed(dim);
    this.hidden = new Linear({ inDim: dim, outDim: dim, bias: false, std: 0.125, random: random.fork("hidden") });
    this.lmHead = new Linear({ inDim: dim, outDim: 8, bias: false, std: 0.125, random: random.fork("head") });
  }

  forward(ids: Tensor): { hidden: Tensor; logits: Tensor } {
    const hidden = relu(this.hidden.forward(relu(this.embedTokens.forward(ids))));
    return { hidden, logits: this.lmHead.forward(hidden) };
  }
}

class Embed extends Module {
  weight: Variable;
  constructor(dim: number) {
    super();
    this.weight = parameter(tensor(new Random(5).fillNormal(new Float32Array(16 * dim)), [16, dim]));
  }
  forward(ids: Tensor): Tensor {
    return gather(this.weight, ids);
  }
}

/** How far hidden activations and logits moved in five Adam steps, element by element. */
function movement(dim: number, mup: boolean): { hidden: number; logits: number } {
  const model = new Net(dim);
  const parameters = model.namedParameters();
  const rules = mupRules(parameters, new Net(BASE).namedParameters());
  if (mup) scaleInit(parameters, rules);
  const optimizer = mup
    ? groupByRate(parameters, rules, (own) => new AdamW(own, { weightDecay: 0 }))
    : new AdamW(parameters, { weightDecay: 0 });
  const ids = tensor(
    Array.from({ length: 32 }, (_, i) => i % 16),
    [32],
    "int32",
  );
  const answers = tensor(new Random(9).fillNormal(new Float32Array(32 * 8)), [32, 8]);
  const loss = (): Scalar => mean(square(sub(model.forward(ids).logits, answers)));
  const before = model.forward(ids);
  for (let step = 0; step < 5; step++) {
    const { grads } = valueAndGrads(loss, parameters);
    optimizer.step(grads, 0.01);
    dispose([...grads.values()]);
  }
  const after = model.forward(ids);
  const moved = (key: "hidden" | "logits"): number =>
    tidy(() => mean(abs(sub(after[key], before[key])))).dataSync()[0] as number;
  return { hidden: moved("hidden"), logits: moved("logits") };
}

test("coordinate check: with µP the model moves as much at any width, without it the more the wider", () => {
  const [base, wide, plain] = [movement(BASE, true), movement(512, true), movement(512, false)];
  // Fluctuations of a width of 32 are of order 1/√32 ≈ 18 %; √16 = 4 and 16 are what the plain one gains.
  for (const key of ["hidden", "logits"] as const) {
    expect(wide[key] / base[key]).toBeGreaterThan(0.6);
    expect(wide[key] / base[key]).toBeLessThan(1.6);
    expect(plain[key] / base[key]).toBeGreaterThan(4);
  }
});

test("groups step as one optimizer would with a rate for each, and their state is one", () => {
  const weights = (): Map<string, Variable> =>
    new Map(["a", "b", "c"].map((name) => [name, parameter(tensor([1, 2]))] as const));
  const grads = new Map(["a", "b", "c"].map((name) => [name, tensor([0.5, -1])]));
  const [together, apart] = [weights(), weights()];
  const rules = new Map([["b", { learningRate: 0.5 }]]);
  const groups = groupByRate(together, rules, (own) => new AdamW(own, { weightDecay: 0.1 }));
  expect(groups.groups.map(({ parameters }) => [...parameters.keys()])).toEqual([["a", "c"], ["b"]]);
  expect(groups.scalesGradients).toBe(true);
  const alone = new Map(
    [...apart].map(([name, weight]) => [name, new AdamW(new Map([[name, weight]]), { weightDecay: 0.1 })]),
  );
  for (let step = 0; step < 3; step++) {
    groups.step(grads, 0.1, 0.5);
    for (const [name, optimizer] of alone) {
      optimizer.step(new Map([[name, grads.get(name) as Tensor]]), name === "b" ? 0.05 : 0.1, 0.5);
    }
  }
  for (const [name, weight] of together) expectClose(weight, apart.get(name) as Variable, { relative: 0, absolute: 0 });

  const state = new Map([...groups.stateDict()].map(([name, value]) => [name, value.clone()]));
  const again = groupByRate(together, rules, (own) => new AdamW(own, { weightDecay: 0.1 }));
  again.loadStateDict(state);
  expect([...again.stateDict().keys()].sort()).toEqual([...state.keys()].sort());
  groups.step(grads, 0.1);
  const once = Array.from((together.get("b") as Variable).dataSync());
  expect(once).not.toEqual([1, 2]);
  expect(() => groups.step(new Map([["d", tensor([1])]]), 0.1)).toThrow("the gradient of d belongs to no group");
  const twice = { parameters: together, learningRate: 1, optimizer: groups };
  expect(() => new OptimizerGroups([twice, twice])).toThrow("a is in two groups");
});
