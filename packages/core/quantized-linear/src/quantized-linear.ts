// y = x·Wᵀ with W as levels of 8 or 4 bits and a scale for each 32 of them.
//
// A model that generates one token at a time reads every weight once for it, so its speed is the memory's, and a weight of a
// quarter or an eighth of the bytes is read in as much less time. Only x has a gradient: what is quantized stays as it is,
// and adapters beside it learn (QLoRA, arXiv:2305.14314, section 3).
// Shapes: I input features, O output features.

import { type Contract, defineOp, product } from "@llm/ops";
import type { Tensor } from "@tensorflow/tfjs-core";
import { dequantize } from "./dequantize.js";
import { type Bits, BLOCK } from "./quantize.js";

/** A fused kernel `QuantizedLinear` multiplies by the levels as they are. Attribute: `bits`. */
export const quantizedLinearContract: Contract = {
  name: "QuantizedLinear",
  differentiable: ["x"],
  saved: ["levels", "scales"],
};

const op = defineOp<{ x: Tensor; levels: Tensor; scales: Tensor }, { bits: Bits }>({
  contract: quantizedLinearContract,
  composite: ({ x, levels, scales }, { bits }) => product(x, dequantize(levels, scales, bits), false, true),
});

/**
 * The product with a quantized weight, by its last dimension.
 *
 * @param x_I float32 [..., I], at least two dimensions
 * @param levels_OL int32 [O, I·bits/32], as `quantize` packs them
 * @param scales_OB float32 [O, I/32]
 * @returns float32 [..., O]
 * @throws Error when the shapes do not fit
 */
export function quantizedLinear(x_I: Tensor, levels_OL: Tensor, scales_OB: Tensor, bits: Bits = 8): Tensor {
  const inDim = x_I.shape.at(-1) as number;
  const expected = `[${scales_OB.shape[0]},${(inDim * bits) / 32}]`;
  if (scales_OB.rank !== 2 || inDim !== (scales_OB.shape[1] as number) * BLOCK) {
    throw new Error(`quantizedLinear: x [${x_I.shape}] needs scales [out, ${inDim / BLOCK}], got [${scales_OB.shape}]`);
  }
  if (`[${levels_OL.shape}]` !== expected || levels_OL.dtype !== "int32") {
    throw new Error(
      `quantizedLinear: with ${bits} bits the levels must be int32 ${expected}, got ${levels_OL.dtype} [${levels_OL.shape}]`,
    );
  }
  return op({ x: x_I, levels: levels_OL, scales: scales_OB }, { bits });
}
