// What norm must compute.

import { layerNorm } from "@llm/layernorm";
import { rmsNorm } from "@llm/rmsnorm";
import { agree, type Input, normal } from "./agree.js";

// Around the widths of the vectors, around the chunks of rows, and more rows than there are chunks.
const shapes = [
  [1, 1],
  [2, 3],
  [1, 15],
  [3, 16],
  [5, 17],
  [16, 31],
  [17, 64],
  [2, 3, 129],
  [1031, 67],
  [0, 8],
];

// Sums over a thousand rows in another order: 1e-5 of terms of about 1, so an absolute error of that times √1000.
const tolerance = 5e-5;

/** Defines the tests for a registered backend. */
export function norm(backend: string): void {
  const layerKernels = ["LayerNorm", "LayerNormGrad"];
  for (const shape of shapes) {
    const dim = shape.at(-1) as number;
    const inputs = [normal(shape), normal([dim], { seed: 2 }), normal([dim], { seed: 3 })];
    agree(backend, `layer norm of [${shape}]`, (x, w, b) => layerNorm(x, w, b), inputs, {
      kernels: layerKernels,
      tolerance: dim === 1 ? 1e-2 : tolerance, // one feature alone is 0 · 1/√ε: the gradient is rounding times 316
    });
    agree(backend, `RMS norm of [${shape}]`, (x, w) => rmsNorm(x, w), inputs.slice(0, 2), {
      kernels: ["RMSNorm", "RMSNormGrad"],
      tolerance,
    });
  }
  const [x, w] = [normal([7, 40]), normal([40], { seed: 2 })] as [Input, Input];
  agree(backend, "layer norm without bias", (x, w) => layerNorm(x, w, undefined, { eps: 0.1 }), [x, w], {
    kernels: layerKernels,
  });
  agree(backend, "RMS norm with another ε", (x, w) => rmsNorm(x, w, { eps: 0.1 }), [x, w], {
    kernels: ["RMSNorm", "RMSNormGrad"],
  });
  // Float32 holds 1000 ± 1 to 6e-5 a value.
  const offset = { ...x, values: x.values.map((value) => Math.fround(value + 1000)) };
  agree(backend, "layer norm of rows far from 0", (x, w) => layerNorm(x, w), [offset, w], {
    kernels: layerKernels,
    tolerance: 1e-3,
  });
}
