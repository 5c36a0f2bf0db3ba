// Results must not depend on the number of threads: not in the last bit, or runs could not be repeated elsewhere.

import { gelu } from "@llm/activations";
import { AdamW } from "@llm/adamw";
import { crossEntropy } from "@llm/cross-entropy";
import { dropout } from "@llm/dropout";
import { embedding } from "@llm/embedding";
import { glu } from "@llm/glu";
import { clipByGlobalNorm } from "@llm/grad-clip";
import { layerNorm } from "@llm/layernorm";
import { Random } from "@llm/random";
import { rmsNorm } from "@llm/rmsnorm";
import { ropeTable, rope as rotate } from "@llm/rope";
import { concat, reshape, setBackend, softmax, type Tensor, tidy, variable } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { evaluate, type Input, integers, normal } from "./agree.js";

// Sizes that several threads share, and that no number of threads divides evenly.
const functions: [title: string, f: (...xs: Tensor[]) => Tensor, inputs: Input[]][] = [
  ["layer norm", (x, w, b) => layerNorm(x, w, b), [normal([1031, 67]), normal([67]), normal([67])]],
  ["RMS norm", (x, w) => rmsNorm(x, w), [normal([1031, 67]), normal([67])]],
  ["gelu", (x) => gelu(x), [normal([100_003])]],
  ["glu", (gate, up) => glu(gate, up), [normal([1009, 67]), normal([1009, 67])]],
  ["softmax", (x) => softmax(x), [normal([1009, 67])]],
  ["cross-entropy", (x, labels) => crossEntropy(x, labels), [normal([67, 2999]), integers([67], 0, 2999)]],
  ["embedding", (ids, w) => embedding(ids, w), [integers([2003], 0, 97), normal([97, 67])]],
  ["rope", (x) => tidy(() => rotate(x, ropeTable({ headDim: 34, length: 251 }))), [normal([7, 251, 34])]],
  ["dropout", (x) => dropout(x, 0.3, { random: new Random(1) }), [normal([100_003])]],
  ["AdamW of clipped gradients", clippedStep, [normal([100_003]), normal([100_003], { seed: 2 })]],
];

function clippedStep(x: Tensor, grad: Tensor): Tensor {
  const weight = variable(x);
  const optimizer = new AdamW(new Map([["w", weight]]));
  const { grads, norm } = clipByGlobalNorm(new Map([["w", grad]]), 1);
  optimizer.step(grads, 0.1);
  const result = concat([weight, grads.get("w") as Tensor, reshape(norm, [1])]);
  weight.dispose();
  optimizer.dispose();
  return result;
}

/** Tests that all of the backends, alike but for their numbers of threads, compute the same bits. */
export function sameBits(backends: readonly string[]): void {
  for (const [title, f, inputs] of functions) {
    test(`${title}: the same bits on ${backends.join(", ")}`, async () => {
      const by = title.startsWith("AdamW") ? [] : inputs.flatMap(({ dtype }, i) => (dtype ? [] : [i]));
      const results: Input[][] = [];
      for (const backend of backends) {
        await setBackend(backend);
        results.push(evaluate(f, inputs, by));
      }
      const [first, ...others] = results as [Input[], ...Input[][]];
      for (const other of others) {
        for (const [i, { values }] of first.entries()) {
          const actual = (other[i] as Input).values;
          expect(values.findIndex((value, k) => !Object.is(value, actual[k]))).toBe(-1);
        }
      }
    });
  }
}
