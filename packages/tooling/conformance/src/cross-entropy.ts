// What cross-entropy must compute.

import { type CrossEntropyOptions, crossEntropy as loss } from "@llm/cross-entropy";
import { agree, type Input, integers, normal } from "./agree.js";

const ignoreIndex = -100;

/** Labels of which every third is ignored. */
function someIgnored(labels: Input): Input {
  return { ...labels, values: labels.values.map((label, i) => (i % 3 === 1 ? ignoreIndex : label)) };
}

/** Defines the tests for a registered backend. */
export function crossEntropy(backend: string): void {
  const kernels = ["SoftmaxCrossEntropy", "SoftmaxCrossEntropyGrad"];
  const compare = (title: string, inputs: Input[], options: CrossEntropyOptions = {}, tolerance = 1e-5): void =>
    agree(backend, title, (logits, labels) => loss(logits, labels, { reduction: "none", ...options }), inputs, {
      kernels,
      tolerance,
    });
  for (const [rows, vocab] of [
    [1, 1],
    [1, 15],
    [3, 16],
    [5, 17],
    [33, 67],
    [2, 2047],
    [2, 2049],
    [3, 50_257],
  ]) {
    const [r, v] = [rows as number, vocab as number];
    const inputs = [normal([r, v], { scale: 3 }), integers([r], 0, v)];
    compare(`cross-entropy of [${r}, ${v}]`, inputs);
    compare(`cross-entropy of [${r}, ${v}] with z-loss`, inputs, { zLoss: 0.01 });
  }
  const inputs = [normal([2, 9, 40]), someIgnored(integers([2, 9], 0, 40))];
  compare("cross-entropy where labels are ignored", inputs, { ignoreIndex });
  compare("mean cross-entropy", inputs, { ignoreIndex, reduction: "mean" });
  compare(
    "cross-entropy where all labels are ignored",
    [normal([3, 7]), { ...integers([3], 0, 1), values: [5, 5, 5] }],
    {
      ignoreIndex: 5,
      reduction: "mean",
    },
  );
  const wide = normal([7, 300], { scale: 1000 });
  compare("cross-entropy of large logits", [wide, integers([7], 0, 300)]);
  const shifted = { ...wide, values: wide.values.map((value) => Math.fround(value / 500 + 10_000)) };
  compare("cross-entropy of logits far from 0", [shifted, integers([7], 0, 300)]);
  // The largest value comes last, block after block, so the running sum is rescaled each time.
  const rising = { shape: [1, 9000], values: Array.from({ length: 9000 }, (_, i) => Math.fround(i / 100)) };
  compare("cross-entropy of rising logits", [rising, { shape: [1], values: [8990], dtype: "int32" }]);
  const late = { shape: [1, 5000], values: Array.from({ length: 5000 }, (_, i) => (i < 3000 ? -Infinity : i % 7)) };
  compare("cross-entropy where the first blocks are masked", [late, { shape: [1], values: [4990], dtype: "int32" }]);
  const masked: Input = { shape: [2, 4], values: [0, -Infinity, 2, 1, -Infinity, -Infinity, 5, -Infinity] };
  compare("cross-entropy where logits are masked", [masked, { shape: [2], values: [2, 2], dtype: "int32" }]);
}
