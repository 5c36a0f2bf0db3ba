// What elementwise kernels must compute.

import { add } from "@tensorflow/tfjs-core";
import { agree, normal } from "./agree.js";

/** Defines the tests for a registered backend. */
export function elementwise(backend: string): void {
  for (const n of [0, 1, 15, 16, 17, 100_003]) {
    agree(backend, `add of ${n}`, (a, b) => add(a as never, b as never), [normal([n]), normal([n], { seed: 2 })], {
      kernels: ["Add"],
      differentiate: [],
    });
  }
}
