import { expectClose } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, test } from "vitest";
import { type Contract, defineOp, gradients } from "../src/index.js";

// An op scale(x, s) = x·s·factor, once as a composite and once as a fused kernel with a statistic.
const contract: Contract = {
  name: "TestScale",
  differentiable: ["x", "s"],
  saved: ["x", "s", "value", "half"],
  statistics: ["half"],
};
type Inputs = { x: tf.Tensor; s: tf.Tensor; bias?: tf.Tensor };
const scale = defineOp<Inputs, { factor: number }>({
  contract,
  composite: ({ x, s }, { factor }) => tf.mul(tf.mul(x, s), factor),
});

await tf.setBackend("cpu");

const calls: string[] = [];
function registerFused(): void {
  const kernel = (name: string, f: (inputs: Record<string, tf.Tensor>, factor: number) => tf.Tensor[]): void =>
    tf.registerKernel({
      kernelName: name,
      backendName: "cpu",
      kernelFunc: ({ inputs, attrs }) => {
        calls.push(`${name}(${Object.keys(inputs).join()})`);
        return tf.tidy(() => f(inputs as never, (attrs as unknown as { factor: number }).factor));
      },
    });
  kernel("TestScale", ({ x, s }, factor) => [tf.mul(tf.mul(x!, s!), factor), tf.mul(x!, 0.5)]);
  kernel("TestScaleGrad", ({ dy, x, s }, factor) => [
    tf.mul(tf.mul(dy!, s!), factor),
    tf.sum(tf.mul(tf.mul(dy!, x!), factor)),
  ]);
}

afterEach(() => {
  calls.length = 0;
  for (const name of ["TestScale", "TestScaleGrad"]) if (tf.getKernel(name, "cpu")) tf.unregisterKernel(name, "cpu");
});

test("the fused kernel gives the composite's values and gradients, without a leak", () => {
  const [x, s] = [tf.tensor([1, 2, 3]), tf.scalar(0.5)];
  const run = (): tf.Tensor[] => [
    scale({ x, s }, { factor: 2 }),
    ...gradients((a, b) => scale({ x: a!, s: b! }, { factor: 2 }), [x, s]),
  ];
  const composite = run();
  expect(calls).toEqual([]);
  registerFused();
  const before = tf.memory().numTensors;
  const fused = tf.tidy(() => run().map((tensor) => tensor.dataSync()));
  expect(tf.memory().numTensors).toBe(before);
  expect(calls).toEqual(["TestScale(x,s)", "TestScale(x,s)", "TestScaleGrad(dy,x,s,value,half)"]);
  for (const [i, value] of fused.entries()) expectClose(value, composite[i]!);
});

test("tfjs' own grad sees the fused gradient too", () => {
  registerFused();
  const grad = tf.grad((x) => scale({ x, s: tf.scalar(3) }, { factor: 2 }));
  expectClose(grad(tf.tensor([1, 2])), [6, 6]);
});
