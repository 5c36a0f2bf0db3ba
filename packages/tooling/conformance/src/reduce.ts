// What reductions must compute.

import * as tf from "@tensorflow/tfjs-core";
import { agree, normal } from "./agree.js";

/** Defines the tests for a registered backend. */
export function reduce(backend: string): void {
  const ops: [string, (x: tf.Tensor, axis: number[], keep: boolean) => tf.Tensor][] = [
    ["Sum", (x, axis, keep) => tf.sum(x, axis, keep)],
    ["Mean", (x, axis, keep) => tf.mean(x, axis, keep)],
    ["Max", (x, axis, keep) => tf.max(x, axis, keep)],
    ["Min", (x, axis, keep) => tf.min(x, axis, keep)],
  ];
  const cases: [number[], number[]][] = [
    [[7], [0]],
    [[5, 33], [1]],
    [[5, 33], [0]],
    [
      [3, 4, 5, 17],
      [0, 1],
    ],
    [
      [3, 4, 5, 17],
      [2, 3],
    ],
    [
      [3, 4, 5, 17],
      [0, 2],
    ],
    [[2, 100_003], [1]],
    [[1000, 130], [0]],
  ];
  for (const [name, op] of ops) {
    for (const [shape, axis] of cases) {
      agree(backend, `${name} of [${shape}] over ${axis}`, (x) => op(x, axis, shape.length > 2), [normal(shape)], {
        kernels: [name],
        // Float32 sums of n normal numbers: their rounding grows with √n.
        tolerance: 1e-6 * Math.sqrt(shape.reduce((a, b) => a * b)),
        differentiate: name === "Sum" || name === "Mean" ? [0] : [],
      });
    }
    const special = {
      shape: [2, 3],
      values: [1, Number.NaN, 2, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, 0],
    };
    agree(backend, `${name} of special values`, (x) => op(x, [1], false), [special], {
      kernels: [name],
      differentiate: [],
    });
  }
}
