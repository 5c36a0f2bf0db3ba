import { gradients } from "@llm/ops";
import { checkGradient, expectClose, expectNoLeak } from "@llm/testing";
import { ones, sum, tensor, zeros } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Linear, linear } from "../src/index.js";

const x = tensor([
  [
    [1, 2, 3],
    [0.5, -1, 2],
  ],
  [
    [2, 0, 1],
    [-1, 1, 1],
  ],
]);
const weight = tensor([
  [1, 0, -1],
  [2, 0.5, 1],
]);
const bias = tensor([10, 20]);

test("y = x·Wᵀ + b over any leading dimensions", () => {
  expectClose(linear(x, weight, bias), [8, 26, 8.5, 22.5, 11, 25, 8, 19.5]);
  expectClose(linear(tensor([[1, 2, 3]]), weight), [-2, 6]);
  expect(linear(x, weight).shape).toEqual([2, 2, 2]);
});

test("gradients of all three inputs", () => {
  const f = (...inputs: Parameters<typeof linear>): ReturnType<typeof linear> => sum(linear(...inputs));
  const inputs = [x, weight, bias] as const;
  checkGradient(f as never, [...inputs], gradients(f as never, [...inputs]));
});

test("no tensor stays behind", () => expectNoLeak(() => linear(x, weight, bias)));

test("the module names its parameters and starts at the given scale", () => {
  const layer = new Linear({ inDim: 400, outDim: 50 });
  expect([...layer.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([
    ["weight", [50, 400]],
    ["bias", [50]],
  ]);
  const values = layer.weight.dataSync() as Float32Array;
  const std = Math.sqrt(values.reduce((s, v) => s + v * v, 0) / values.length);
  // 20,000 values: the standard error of the deviation is 0.05·(1/√40000), four of it.
  expect(Math.abs(std - 0.05)).toBeLessThan(0.001);
  expect(layer.forward(ones([1, 400])).shape).toEqual([1, 50]);
  expect(new Linear({ inDim: 2, outDim: 2, bias: false }).bias).toBe(undefined);
});

test("shape errors teach", () => {
  expect(() => linear(zeros([2, 4]), weight)).toThrow("x must end in 3 features to match weight [2,3], got [2,4]");
  expect(() => linear(x, weight, zeros([3]))).toThrow("bias must have shape [2]");
  expect(() => linear(x, zeros([3]))).toThrow("[out, in]");
});
