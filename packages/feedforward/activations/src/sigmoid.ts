// The logistic function: the gate of the first gated linear unit (Dauphin et al., https://arxiv.org/abs/1612.08083).
//
//   sigmoid(x) = 1 / (1 + e^−x)

import { registerGradients } from "@llm/ops";
import { type Tensor, sigmoid as tfjsSigmoid } from "@tensorflow/tfjs-core";

/**
 * 1 / (1 + e^−x) for each element: tfjs' own, with a gradient.
 *
 * @param x any shape
 * @returns the same shape
 */
export function sigmoid(x: Tensor): Tensor {
  registerGradients();
  return tfjsSigmoid(x);
}
