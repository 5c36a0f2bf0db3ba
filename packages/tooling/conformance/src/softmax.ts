// What softmax must compute.

import { softmax as tfjsSoftmax } from "@tensorflow/tfjs-core";
import { agree, type Input, normal } from "./agree.js";

/** Defines the tests for a registered backend. */
export function softmax(backend: string): void {
  const kernels = ["Softmax", "SoftmaxGrad"];
  for (const shape of [[1], [1, 1], [3, 15], [2, 16], [5, 17], [2, 3, 4, 67], [31, 1009], [0, 8], [2, 9001]]) {
    agree(backend, `softmax of [${shape}]`, (x) => tfjsSoftmax(x), [normal(shape, { scale: 4 })], { kernels });
  }
  const extreme: Input = {
    shape: [3, 5],
    values: [1e30, -1e30, 0, 1, 2, -Infinity, 3, -Infinity, 3, 0, -200, -100, -103, -88, -90],
  };
  agree(backend, "softmax of huge and infinite values", (x) => tfjsSoftmax(x), [extreme], { kernels });
}
