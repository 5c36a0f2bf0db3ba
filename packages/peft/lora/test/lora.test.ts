import { Linear } from "@llm/linear";
import { gradients } from "@llm/ops";
import { checkGradient, expectClose, expectNoLeak, readFixture } from "@llm/testing";
import { ones, sum, type Tensor, tensor, zeros } from "@tensorflow/tfjs-core";
import { describe, expect, test } from "vitest";
import { LoraLinear, lora, loraParameterCount, loraScale } from "../src/index.js";

interface Fixture {
  alpha: number;
  rank: number;
  inDim: number;
  outDim: number;
  x: number[];
  weight: number[];
  bias: number[];
  a: number[];
  b: number[];
  weights: number[];
  cases: { scaling: "lora" | "rslora"; y: number[]; dx: number[]; da: number[]; db: number[]; merged: number[] }[];
}

const fixture = readFixture<Fixture>(import.meta.url, "fixtures/lora.json");
const { alpha, rank, inDim: I, outDim: O } = fixture;
const x = tensor(fixture.x, [2, 4, I]);
const weight = tensor(fixture.weight, [O, I]);
const bias = tensor(fixture.bias);
const a = tensor(fixture.a, [rank, I]);
const b = tensor(fixture.b, [O, rank]);
const weights = tensor(fixture.weights, [2, 4, O]);

describe.each(fixture.cases)("$scaling", ({ scaling, y, dx, da, db, merged }) => {
  const scale = loraScale(alpha, rank, scaling);

  // Sums of up to forty float32 products of values below 100.
  const tolerance = { absolute: 2e-5, relative: 1e-5 };

  test("the function agrees with PyTorch, values and gradients", () => {
    expectClose(lora(x, weight, a, b, { scale, bias }), y, tolerance);
    const f = (...[x, a, b]: Tensor[]): Tensor => lora(x!, weight, a!, b!, { scale, bias });
    const grads = gradients(f, [x, a, b], weights);
    for (const [i, expected] of [dx, da, db].entries()) expectClose(grads[i]!, expected, tolerance);
  });

  test("the module agrees with PyTorch, and its merged weight too", () => {
    const base = new Linear({ inDim: I, outDim: O });
    base.loadStateDict(
      new Map([
        ["weight", weight],
        ["bias", bias],
      ] as [string, Tensor][]),
    );
    const layer = new LoraLinear(base, { rank, alpha, scaling });
    layer.loadStateDict(
      new Map([
        ["lora_a", a],
        ["lora_b", b],
      ] as [string, Tensor][]),
      { strict: false },
    );
    expectClose(layer.forward(x), y, tolerance);
    layer.mergeIntoBase();
    expectClose(base.weight, merged, tolerance);
    expectClose(base.forward(x), y, tolerance);
  });
});

test("gradients agree with finite differences", () => {
  const f = (...inputs: Tensor[]): Tensor => {
    const [x, a, b] = inputs as [Tensor, Tensor, Tensor];
    return lora(x, ones([2, 3]), a, b, { scale: 0.5 });
  };
  const inputs = [tensor([[0.3, -1, 0.5]]), tensor([[0.1, 0.7, -0.2]]), tensor([[1], [-0.5]])];
  checkGradient((...moved) => sum(f(...moved)), inputs, gradients(f, inputs));
});

test("the scale is α/r, or α/√r", () => {
  expect(loraScale(16, 8)).toBe(2);
  expect(loraScale(16, 64, "rslora")).toBe(2);
});

test("a new layer computes bit for bit what its base does, and A has gradient zero", () => {
  const base = new Linear({ inDim: I, outDim: O });
  const layer = new LoraLinear(base, { rank: 2 });
  expect(Array.from(layer.forward(x).dataSync())).toEqual(Array.from(base.forward(x).dataSync()));
  const f = (...[a, b]: Tensor[]): Tensor => lora(x, base.weight, a!, b!, { scale: layer.scale });
  const [da, db] = gradients(f, [layer.loraA, layer.loraB]);
  expect(Array.from(da!.dataSync()).every((value) => value === 0)).toBe(true);
  expect(Array.from(db!.dataSync()).some((value) => value !== 0)).toBe(true);
});

test("A starts uniform within ±1/√in, as PEFT's", () => {
  const layer = new LoraLinear(new Linear({ inDim: 400, outDim: 3, bias: false }), { rank: 50 });
  const values = Array.from(layer.loraA.dataSync());
  expect(Math.max(...values.map(Math.abs))).toBeLessThanOrEqual(0.05);
  // The deviation of a uniform variable is bound/√3; four standard errors of 20,000 draws are below 2 %.
  const std = Math.sqrt(values.reduce((s, v) => s + v * v, 0) / values.length);
  expect(Math.abs(std / (0.05 / Math.sqrt(3)) - 1)).toBeLessThan(0.02);
  expect(layer.bias).toBe(undefined);
});

test("no tensor stays behind", () => expectNoLeak(() => lora(x, weight, a, b, { bias })));

// FACTS 1.23, from the papers and from ChatGLM's logs.
test.each([
  ["GPT-3, q and v, r 1", [{ inDim: 12288, outDim: 12288, count: 2 * 96 }], 1, 4_718_592],
  ["GPT-3, q and v, r 8", [{ inDim: 12288, outDim: 12288, count: 2 * 96 }], 8, 37_748_736],
  ["LLaMA-7B, q and v, r 8", [{ inDim: 4096, outDim: 4096, count: 2 * 32 }], 8, 4_194_304],
  ["ChatGLM-6B, qkv, r 8", [{ inDim: 4096, outDim: 3 * 4096, count: 28 }], 8, 3_670_016],
  ["ChatGLM2-6B, qkv, r 8", [{ inDim: 4096, outDim: 4608, count: 28 }], 8, 1_949_696],
])("parameters of %s", (_, layers, r, count) => {
  expect(loraParameterCount(layers, r)).toBe(count);
});

test("errors teach", () => {
  expect(() => lora(x, weight, zeros([2, 7]), b)).toThrow("a must be [rank, 6] to match weight [5,6], got [2,7]");
  expect(() => lora(x, weight, a, zeros([5, 2]))).toThrow("b must be [5, 3]");
  const base = new Linear({ inDim: 2, outDim: 2 });
  expect(() => new LoraLinear(base, { rank: 0 })).toThrow("rank must be 1 or more, got 0");
  expect(() => new LoraLinear(base, { rank: 1, dropout: 1 })).toThrow("dropout must be in [0, 1), got 1");
  expect(() => new LoraLinear(base, { rank: 1, alpha: Number.NaN })).toThrow("alpha");
});
