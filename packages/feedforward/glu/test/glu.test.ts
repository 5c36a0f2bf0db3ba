import type { ActivationName } from "@llm/activations";
import { gradients } from "@llm/ops";
import { Random } from "@llm/random";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import { memory, ones, tensor, zeros } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { GLU, glu, gluHiddenDim } from "../src/index.js";

type Values<K extends string> = Record<K | `d${K}` | "dy" | "y", never>;
const fixture = readFixture<{
  units: Record<string, Values<"gate" | "up">>;
  network: Values<"x" | "gate" | "up" | "down">;
}>(import.meta.url, "fixtures/glu.json");
// The fixture is float64. Sums of 6 float32 products of size 1 to 4, erf's polynomial, round at a few 1e-7.
const tolerance = { absolute: 3e-6, relative: 3e-6 };

test.each(Object.entries(fixture.units))("PyTorch's values and gradients with %s", (name, t) => {
  const activation = name as ActivationName;
  const inputs = [tensor(t.gate), tensor(t.up)];
  expectClose(glu(inputs[0]!, inputs[1]!, { activation }), t.y, tolerance);
  const [dgate, dup] = gradients((gate, up) => glu(gate!, up!, { activation }), inputs, tensor(t.dy));
  expectClose(dgate!, t.dgate, tolerance);
  expectClose(dup!, t.dup, tolerance);
});

test("PyTorch's SwiGLU network: values and gradients of all four", () => {
  const t = fixture.network;
  const module = new GLU({ dim: 4, hiddenDim: 6 });
  const weights = { gate_proj: t.gate, up_proj: t.up, down_proj: t.down };
  module.loadStateDict(new Map(Object.entries(weights).map(([name, w]) => [`${name}.weight`, tensor(w)])));
  expectClose(module.forward(tensor(t.x)), t.y, tolerance);
  const parameters = [...module.namedParameters().values()];
  const [dx, ...grads] = gradients((x) => module.forward(x!), [tensor(t.x), ...parameters], tensor(t.dy));
  expectClose(dx!, t.dx, tolerance);
  [t.dgate, t.dup, t.ddown].forEach((grad, i) => {
    expectClose(grads[i]!, grad, tolerance);
  });
});

test.each([
  [4096, {}, 11008],
  [5120, {}, 13824],
  [6656, {}, 17920],
  [8192, {}, 22016],
  [8192, { multiplier: 1.3, multipleOf: 4096 }, 28672],
  [4096, { multiplier: 1.3, multipleOf: 1024 }, 14336],
])("hidden width of LLaMA: %d with %j is %d", (dim, options, hidden) => {
  expect(gluHiddenDim(dim, options)).toBe(hidden);
});

test("the hidden width is the next multiple at or above 8/3 of the model's", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 512 }), (dim, multipleOf) => {
      const hidden = gluHiddenDim(dim, { multipleOf });
      expect(hidden % multipleOf).toBe(0);
      expect(hidden).toBeGreaterThanOrEqual(Math.floor((8 * dim) / 3));
      expect(hidden - multipleOf).toBeLessThan(Math.max(1, Math.floor((8 * dim) / 3)));
    }),
  );
});

test("the module's weights start independently, each at its own scale", () => {
  const { gateProj, upProj, downProj } = new GLU({ dim: 64, std: 0.02, projectionStd: 0.005, random: new Random(9) });
  expect([gateProj, upProj, downProj].map(({ weight, bias }) => [weight.shape, bias])).toEqual([
    [[256, 64], undefined],
    [[256, 64], undefined],
    [[64, 256], undefined],
  ]);
  const [gate, up, down] = [gateProj, upProj, downProj].map(({ weight }) => weight.dataSync());
  expect(gate![0]).not.toBe(up![0]);
  const std = Math.sqrt(Array.from(down!).reduce((s, v) => s + v * v, 0) / down!.length);
  // 16,384 values: the standard error is σ/√(2n), 0.55 % of it; four of them.
  expect(Math.abs(std / 0.005 - 1)).toBeLessThan(0.022);
  expect(new GLU({ dim: 4, bias: true, hiddenDim: 8 }).parameterCount()).toBe(3 * 32 + 8 + 8 + 4);
});

test("only the result stays", () => {
  const module = new GLU({ dim: 4, hiddenDim: 8 });
  const x = ones([2, 4]);
  expectNoLeak(() => gradients((z) => module.forward(z!), [x]));
  const before = memory().numTensors;
  const y = module.forward(x);
  expect(memory().numTensors).toBe(before + 1);
  y.dispose();
});

test("errors teach", () => {
  expect(() => glu(zeros([2, 4]), zeros([2, 5]))).toThrow("must have the same shape, got [2,4] and [2,5]");
  expect(() => glu(zeros([2, 4]), zeros([2, 4]), { activation: "swish" as never })).toThrow('"silu" here');
  expect(() => new GLU({ dim: 4, activation: "x" as never })).toThrow('unknown name "x"');
  expect(() => gluHiddenDim(0)).toThrow("dim must be a whole number of at least 1, got 0");
  expect(() => gluHiddenDim(8, { multipleOf: 1.5 })).toThrow("multipleOf");
  expect(() => gluHiddenDim(8, { multiplier: -1 })).toThrow("multiplier");
});
