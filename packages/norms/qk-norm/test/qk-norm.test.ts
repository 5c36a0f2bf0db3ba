import { LayerNorm } from "@llm/layernorm";
import { RMSNorm } from "@llm/rmsnorm";
import { expectClose } from "@llm/testing";
import { matMul, mul, randomNormal, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { qkNorm } from "../src/index.js";

test("two norms of a head's features, each with a weight of its own and no bias", () => {
  for (const [kind, type] of [
    ["rms", RMSNorm],
    ["layer", LayerNorm],
  ] as const) {
    const { qNorm, kNorm } = qkNorm({ headDim: 4, kind, eps: 1e-3 });
    expect([qNorm, kNorm].every((norm) => norm instanceof type && norm.eps === 1e-3)).toBe(true);
    expect(qNorm.weight).not.toBe(kNorm.weight);
    expect([...qNorm.namedParameters()].map(([name, { shape }]) => [name, shape])).toEqual([["weight", [4]]]);
  }
  expect(qkNorm({ headDim: 4 }).qNorm).toBeInstanceOf(RMSNorm);
});

test("however large queries and keys grow, scores stay within √H, and do not change", () => {
  const { qNorm, kNorm } = qkNorm({ headDim: 16 });
  const [q, k] = [randomNormal([5, 16], 0, 1, "float32", 1), randomNormal([7, 16], 0, 1, "float32", 2)];
  const scores = (size: number): Tensor =>
    mul(matMul(qNorm.forward(mul(q, size)), kNorm.forward(mul(k, size)), false, true), 1 / 4);
  expectClose(scores(1000), scores(1), { absolute: 1e-4 });
  expect(Math.max(...scores(1000).dataSync().map(Math.abs))).toBeLessThanOrEqual(4);
});

test("by hand", () => {
  const x = tensor([[3, 4]]);
  expectClose(qkNorm({ headDim: 2 }).qNorm.forward(x), [0.8485281, 1.1313708]);
  expectClose(qkNorm({ headDim: 2, kind: "layer" }).kNorm.forward(x), [-1, 1], { absolute: 1e-4 });
});

test("errors teach", () => {
  expect(() => qkNorm({ headDim: 4, kind: "batch" as never })).toThrow('kind must be "rms" or "layer", got "batch"');
});
