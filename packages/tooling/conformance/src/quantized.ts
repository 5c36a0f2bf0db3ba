// What the product with a quantized weight must compute: few rows, which read the levels, and many, with its gradient.

import { quantize, quantizedLinear } from "@llm/quantized-linear";
import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { agree, normal } from "./agree.js";

/** Defines the tests for a registered backend. */
export function quantized(backend: string): void {
  for (const bits of [8, 4] as const)
    for (const { x, out } of [
      { x: [1, 32], out: 1 },
      { x: [1, 64], out: 130 },
      { x: [3, 96], out: 7 },
      { x: [2, 2, 1024], out: 65 },
      { x: [5, 64], out: 33 },
      { x: [2, 9, 160], out: 48 },
      { x: [0, 32], out: 7 },
    ]) {
      const inDim = x.at(-1) as number;
      const weight = Float32Array.from(normal([out, inDim], { seed: 21 }).values);
      const { levels, scales } = quantize(weight, [out, inDim], bits);
      agree(
        backend,
        `a weight of ${bits} bits, [${x}] to ${out}`,
        (input) =>
          quantizedLinear(
            input as Tensor,
            tensor(levels, [out, levels.length / out], "int32"),
            tensor(scales, [out, inDim / 32]),
            bits,
          ),
        [normal(x, { seed: 22 })],
        { kernels: ["QuantizedLinear", "QuantizedLinearGrad"], tolerance: 5e-5 },
      );
    }
}
