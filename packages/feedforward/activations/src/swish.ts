// A smooth gate: x times the sigmoid of itself.
//
//   swish(x) = x · σ(βx),   silu(x) = x · σ(x)
//
// Source: Ramachandran, Zoph, Le, "Searching for Activation Functions", https://arxiv.org/abs/1710.05941; the
// name SiLU is from Hendrycks and Gimpel, https://arxiv.org/abs/1606.08415. β is a fixed number here.

import { type Contract, defineOp } from "@llm/ops";
import { mul, sigmoid, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** A fused kernel `Swish` takes the attribute `beta`; with 1 it is SiLU. */
export const swishContract: Contract = { name: "Swish", differentiable: ["x"], saved: ["x"] };

const op = defineOp<{ x: Tensor }, { beta: number }>({
  contract: swishContract,
  composite: ({ x }, { beta }) => mul(x, sigmoid(beta === 1 ? x : mul(x, beta))),
});

/**
 * x · σ(βx) for each element.
 *
 * @param x any shape
 * @param beta steepness: 0 gives x/2, 1 gives SiLU, and large values approach ReLU
 * @returns the same shape
 * @throws Error unless beta is finite
 */
export function swish(x: Tensor, beta: number): Tensor {
  if (!Number.isFinite(beta)) throw new Error(`swish: beta must be a finite number, got ${beta}`);
  return tidy(() => op({ x }, { beta }));
}

/**
 * x · σ(x) for each element: what LLaMA's feed-forward gates with.
 *
 * @param x any shape
 * @returns the same shape
 */
export function silu(x: Tensor): Tensor {
  return swish(x, 1);
}
