import type { ActivationName } from "@llm/activations";
import { gradients } from "@llm/ops";
import { Random, withRandom } from "@llm/random";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import { memory, ones, type Tensor, tensor, zeros } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { MLP, mlp } from "../src/index.js";

type Case = { activation: ActivationName } & Record<string, never>;
const fixture = readFixture<Case[]>(import.meta.url, "fixtures/mlp.json");

test.each(fixture)("PyTorch's values and gradients with $activation", (t) => {
  const { activation } = t;
  const names = ["x", "w1", "w2", ...(t.b1 ? ["b1", "b2"] : [])];
  const inputs = names.map((name) => tensor(t[name]!));
  const f = (...[x, w1, w2, b1, b2]: Tensor[]): Tensor => mlp(x!, w1!, b1, w2!, b2, { activation });
  // The fixture is float64. Sums of 6 and 24 float32 products of size 1 to 4 round at a few 1e-7.
  const tolerance = { absolute: 3e-6, relative: 3e-6 };
  expectClose(f(...inputs), t.y!, tolerance);
  gradients(f, inputs, tensor(t.dy!)).forEach((grad, i) => {
    expectClose(grad, t[`d${names[i]}`]!, tolerance);
  });
});

test("the module computes what the function does, and names its parameters", () => {
  const module = new MLP({ dim: 4, activation: "relu" });
  const shapes = [...module.namedParameters()].map(([name, { shape }]) => [name, shape]);
  expect(shapes).toEqual([
    ["fc_in.weight", [16, 4]],
    ["fc_in.bias", [16]],
    ["fc_out.weight", [4, 16]],
    ["fc_out.bias", [4]],
  ]);
  module.loadStateDict(new Map([["fc_in.bias", ones([16])]]), { strict: false });
  const x = tensor([[1, -2, 3, 0.5]]);
  const { fcIn, fcOut } = module;
  expectClose(
    module.forward(x),
    mlp(x, fcIn.weight, fcIn.bias, fcOut.weight, fcOut.bias, { activation: "relu" }).dataSync(),
  );
  expect([...new MLP({ dim: 4, bias: false }).namedParameters().keys()]).toEqual(["fc_in.weight", "fc_out.weight"]);
});

test("the two maps start independently, each at its own scale", () => {
  const { fcIn, fcOut } = new MLP({ dim: 64, std: 0.02, projectionStd: 0.005, random: new Random(3) });
  const [p, q] = [fcIn, fcOut].map(({ weight }) => weight.dataSync());
  const std = (values: ArrayLike<number>): number =>
    Math.sqrt(Array.from(values).reduce((s, v) => s + v * v, 0) / values.length);
  // 16,384 values: the standard error is σ/√(2n), 0.55 % of it; four of them.
  expect(Math.abs(std(p!) / 0.02 - 1)).toBeLessThan(0.022);
  expect(Math.abs(std(q!) / 0.005 - 1)).toBeLessThan(0.022);
  expect(Math.abs(p![0]! / 0.02 - q![0]! / 0.005)).toBeGreaterThan(1e-6);
});

test("dropout is active in training and off in evaluation", () => {
  const module = new MLP({ dim: 8, dropout: 0.5 });
  module.loadStateDict(new Map([["fc_out.bias", ones([8])]]), { strict: false });
  const run = (): number[] => Array.from(withRandom(new Random(1), () => module.forward(zeros([8, 8]))).dataSync());
  const dropped = run().filter((value) => value === 0).length;
  expect(dropped).toBeGreaterThan(10);
  expect(dropped).toBeLessThan(54);
  module.eval();
  expectClose(run(), ones([64]));
});

test("only the result stays", () => {
  const module = new MLP({ dim: 4 });
  const x = ones([2, 4]);
  expectNoLeak(() => gradients((z) => module.forward(z!), [x]));
  const before = memory().numTensors;
  const y = module.forward(x);
  expect(memory().numTensors).toBe(before + 1);
  y.dispose();
  module.dispose();
});

test("errors teach", () => {
  const x = zeros([2, 4]);
  expect(() => mlp(x, zeros([6, 4]), undefined, zeros([4, 5]), undefined)).toThrow(
    "mlp: w1 must be [hidden, dim] and w2 [out, hidden] with the same hidden, got [6,4] and [4,5]",
  );
  expect(() => mlp(zeros([2, 3]), zeros([6, 4]), undefined, zeros([4, 6]), undefined)).toThrow(
    "must end in 4 features",
  );
  expect(() => new MLP({ dim: 4, activation: "tanh" as never })).toThrow('unknown name "tanh"');
});
