// y = x·Wᵀ + b
//
// The weight is stored [out, in], as PyTorch and every checkpoint store it.
// Shapes: I input features, O output features.

import { type Contract, defineOp, product } from "@llm/ops";
import { add, type Tensor } from "@tensorflow/tfjs-core";

/** A fused kernel `Linear` may compute the product and the bias in one pass. */
export const linearContract: Contract = {
  name: "Linear",
  differentiable: ["x", "weight", "bias"],
  saved: ["x", "weight", "bias"],
};

const op = defineOp<{ x: Tensor; weight: Tensor; bias?: Tensor }, Record<string, never>>({
  contract: linearContract,
  composite: ({ x, weight, bias }) => {
    const y = product(x, weight, false, true);
    return bias ? add(y, bias) : y;
  },
});

/**
 * The affine map of the last dimension.
 *
 * @param x_I [..., I], at least two dimensions
 * @param weight_OI [O, I]
 * @param bias_O [O]
 * @returns [..., O]
 * @throws Error when the shapes do not fit
 */
export function linear(x_I: Tensor, weight_OI: Tensor, bias_O?: Tensor): Tensor {
  const [out, inDim] = weight_OI.shape;
  if (weight_OI.rank !== 2) throw new Error(`linear: weight must be [out, in], got shape [${weight_OI.shape}]`);
  if (x_I.shape.at(-1) !== inDim) {
    throw new Error(`linear: x must end in ${inDim} features to match weight [${weight_OI.shape}], got [${x_I.shape}]`);
  }
  if (bias_O && bias_O.shape.join() !== `${out}`) {
    throw new Error(
      `linear: bias must have shape [${out}] to match weight [${weight_OI.shape}], got [${bias_O.shape}]`,
    );
  }
  return op({ x: x_I, weight: weight_OI, bias: bias_O }, {});
}
