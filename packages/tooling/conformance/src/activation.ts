// What activation must compute.

import { type ActivationName, gelu, silu, squaredRelu, swish } from "@llm/activations";
import { glu } from "@llm/glu";
import type { Tensor } from "@tensorflow/tfjs-core";
import { agree, type Input, normal } from "./agree.js";

const activations: [string, string, (x: Tensor) => Tensor][] = [
  ["gelu", "Gelu", (x) => gelu(x)],
  ["gelu with tanh", "Gelu", (x) => gelu(x, { approximation: "tanh" })],
  ["silu", "Swish", silu],
  ["swish 1.7", "Swish", (x) => swish(x, 1.7)],
  ["swish 0", "Swish", (x) => swish(x, 0)],
  ["squared relu", "SquaredRelu", squaredRelu],
];

// Where exponentials underflow or overflow, and around 0. tfjs' erf is off by 1.5e-7, which x scales.
const far: Input = { shape: [12], values: [-1e3, -100, -20, -9, -3, -1e-30, 0, 1e-30, 3, 9, 100, 1e3] };

/** Defines the tests for a registered backend. */
export function activation(backend: string): void {
  for (const [title, kernel, f] of activations) {
    const kernels = [kernel, `${kernel}Grad`];
    for (const n of [0, 1, 3, 15, 16, 17, 40_009]) {
      agree(backend, `${title} of ${n}`, f, [normal([n], { scale: 3 })], { kernels });
    }
    agree(backend, `${title} far out`, f, [far], { kernels });
  }
  for (const name of ["gelu", "gelu_tanh", "relu", "silu", "squared_relu"] satisfies ActivationName[]) {
    const kernels = ["GLU", "GLUGrad"];
    const f = (gate: Tensor, up: Tensor): Tensor => glu(gate, up, { activation: name });
    for (const shape of [[0, 3], [1], [5, 7], [3, 16], [211, 193]]) {
      const inputs = [normal(shape, { scale: 3 }), normal(shape, { seed: 2 })];
      agree(backend, `glu of [${shape}] with ${name}`, f, inputs, { kernels });
    }
  }
}
