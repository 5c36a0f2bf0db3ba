import { Linear } from "@llm/linear";
import { Module } from "@llm/module";
import { Random } from "@llm/random";
import { expect, test } from "vitest";
import { gpt2Init, initialize, smallInit } from "../src/index.js";

class Block extends Module {
  qProj: Linear = new Linear({ inDim: 200, outDim: 200 });
  oProj: Linear = new Linear({ inDim: 200, outDim: 200 });
  fcOut: Linear = new Linear({ inDim: 400, outDim: 200 });
}

class Model extends Module {
  layers: Block[] = [new Block(), new Block()];
}

function deviation(values: ArrayLike<number>): number {
  const all = Array.from(values);
  return Math.sqrt(all.reduce((sum, value) => sum + value * value, 0) / all.length);
}

test.each([
  ["gpt2Init", gpt2Init({ layers: 12 }), 0.02, 0.02 / Math.sqrt(24)],
  ["smallInit", smallInit({ layers: 12, dim: 200 }), Math.sqrt(2 / 1000), 2 / (12 * Math.sqrt(200))],
] as const)("%s: deviations by name", (_, scheme, std, residual) => {
  const model = new Model();
  initialize(model.namedParameters(), scheme, { random: new Random(1) });
  for (const [name, parameter] of model.namedParameters()) {
    const expected = name.endsWith("bias") ? 0 : /o_proj|fc_out/.test(name) ? residual : std;
    // 40 000 values know their deviation to 0.35 %; 4 of these are allowed.
    expect(Math.abs(deviation(parameter.dataSync()) - expected)).toBeLessThanOrEqual(0.014 * expected);
  }
});

test("each parameter has its own stream: it repeats, and does not depend on the others", () => {
  const [a, b] = [new Model(), new Model()];
  initialize(a.namedParameters(), gpt2Init({ layers: 2 }));
  const second = new Map([...b.namedParameters()].filter(([name]) => name.startsWith("layers.1")));
  initialize(second, gpt2Init({ layers: 2 }));
  const weight = (model: Model): number[] => Array.from((model.layers[1] as Block).qProj.weight.dataSync());
  expect(weight(a)).toEqual(weight(b));
  expect(weight(a)).not.toEqual(Array.from((a.layers[0] as Block).qProj.weight.dataSync()));
});

test("errors", () => {
  expect(() => gpt2Init({ layers: 0 })).toThrow("layers must be above 0, got 0");
  expect(() => smallInit({ layers: 2, dim: Number.NaN })).toThrow(RangeError);
});
