import { causalMask } from "@llm/mask";
import { gradients } from "@llm/ops";
import { Random, withRandom } from "@llm/random";
import { expectClose } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import { afterEach, expect, test } from "vitest";
import { attention, attentionContract } from "../src/index.js";

// A stand-in for a backend's fused kernel. It returns recognizable values instead of attention, because only
// the contract is under test: what arrives, when the kernel is called, and how its gradients come back.

type Call = { kernel: string; inputs: string[]; attrs: unknown };
const calls: Call[] = [];
const { name } = attentionContract;

function register(): void {
  for (const kernelName of [name, `${name}Grad`]) {
    tf.registerKernel({
      kernelName,
      backendName: "cpu",
      kernelFunc: ({ inputs, attrs }) => {
        calls.push({ kernel: kernelName, inputs: Object.keys(inputs), attrs: { ...attrs } });
        const { q, k, v } = inputs as Record<string, tf.Tensor>;
        if (kernelName === name) return [tf.zerosLike(q!), tf.zeros(q!.shape.slice(0, 3))];
        return [tf.mul(q!, 1), tf.mul(k!, 2), tf.mul(v!, 3)];
      },
    });
  }
}

afterEach(() => {
  calls.length = 0;
  for (const kernelName of [name, `${name}Grad`]) {
    if (tf.getKernel(kernelName, "cpu")) tf.unregisterKernel(kernelName, "cpu");
  }
});

await tf.setBackend("cpu");

const inputs = [1, 2, 3].map((value) => tf.fill([1, 2, 3, 4], value));

test.each([
  ["causal", { mask: "causal" }, { causal: true, scale: 0.5 }, []],
  ["no mask", { mask: "none", scale: 2 }, { causal: false, scale: 2 }, []],
  ["a mask", { mask: causalMask(3) }, { causal: false, scale: 0.5 }, ["mask"]],
  [
    "lengths, prefix, slopes",
    { lengths: tf.tensor1d([2], "int32"), prefix: tf.tensor1d([1], "int32"), slopes: tf.tensor1d([1, 0.5]) },
    { causal: true, scale: 0.5 },
    ["lengths", "prefix", "slopes"],
  ],
] as const)(
  "a fused kernel gets the inputs of the contract, and its gradients are used: %s",
  (_, options, attrs, more) => {
    register();
    const f = (...[q, k, v]: tf.Tensor[]): tf.Tensor => attention(q!, k!, v!, options);
    const grads = gradients(f, inputs);
    expect(calls).toEqual([
      { kernel: name, inputs: ["q", "k", "v", ...more], attrs },
      { kernel: `${name}Grad`, inputs: ["dy", "q", "k", "v", ...more, "value", "logsumexp"], attrs },
    ]);
    for (const [i, value] of [1, 4, 9].entries()) expectClose(grads[i]!, Array(24).fill(value));
  },
);

test("dropout goes around the fused kernel", () => {
  register();
  withRandom(new Random(1), () => attention(inputs[0]!, inputs[1]!, inputs[2]!, { dropout: 0.5 }));
  expect(calls).toEqual([]);
});
