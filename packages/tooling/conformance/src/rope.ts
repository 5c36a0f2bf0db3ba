// What rope must compute.

import { type RopeLayout, ropeTable, rope as rotate } from "@llm/rope";
import { tidy } from "@tensorflow/tfjs-core";
import { agree, normal } from "./agree.js";

/** Defines the tests for a registered backend. */
export function rope(backend: string): void {
  const kernels = ["Rope", "RopeGrad"];
  for (const layout of ["half", "interleaved"] satisfies RopeLayout[]) {
    for (const [shape, rotated, offset] of [
      [[1, 2], 2, 0],
      [[3, 30], 30, 1],
      [[2, 5, 32], 32, 0],
      [[2, 3, 7, 34], 34, 5],
      [[2, 3, 7, 64], 64, 0],
      [[2, 3, 7, 64], 18, 3],
      [[5, 301, 80], 32, 11],
      [[0, 3, 8], 8, 0],
    ] as [number[], number, number][]) {
      const title = `rope of [${shape}], ${layout}, ${rotated} features from position ${offset}`;
      const length = (shape.at(-2) as number) + offset + 1;
      agree(
        backend,
        title,
        (x) => tidy(() => rotate(x, ropeTable({ headDim: rotated, length }), { layout, offset })),
        [normal(shape)],
        { kernels },
      );
    }
  }
}
