// The rectifier and its square.
//
//   relu(x) = max(x, 0),   squaredRelu(x) = max(x, 0)²
//
// Source of the square: So et al., "Primer", https://arxiv.org/abs/2109.08668. The derivative at 0 is 0, as
// in PyTorch.

import { type Contract, defineOp, registerGradients } from "@llm/ops";
import { square, type Tensor, relu as tfjsRelu, tidy } from "@tensorflow/tfjs-core";

/** A fused kernel `SquaredRelu` takes no attributes. */
export const squaredReluContract: Contract = { name: "SquaredRelu", differentiable: ["x"], saved: ["x"] };

const op = defineOp<{ x: Tensor }, Record<string, never>>({
  contract: squaredReluContract,
  composite: ({ x }) => square(tfjsRelu(x)),
});

/**
 * max(x, 0) for each element: tfjs' own, with a gradient.
 *
 * @param x any shape
 * @returns the same shape
 */
export function relu(x: Tensor): Tensor {
  registerGradients();
  return tfjsRelu(x);
}

/**
 * max(x, 0)² for each element.
 *
 * @param x any shape
 * @returns the same shape
 */
export function squaredRelu(x: Tensor): Tensor {
  return tidy(() => op({ x }, {}));
}
