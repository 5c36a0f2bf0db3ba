// The Gaussian error linear unit: x times the probability that a standard normal is below x.
//
//   exact:  y = x · Φ(x) = x · (1 + erf(x / √2)) / 2
//   tanh:   y = x · (1 + tanh(√(2/π) · (x + 0.044715 x³))) / 2
//
// Source: Hendrycks, Gimpel, https://arxiv.org/abs/1606.08415. "tanh" is what GPT-2 and BLOOM were trained
// with; it differs from the exact form by at most 4.74e-4, so a model needs the one it was trained with.
// Computed as x · σ(2 √(2/π) (x + 0.044715 x³)), which is the same, because (1 + tanh z) / 2 = σ(2z), and
// the sigmoid is the one of the two that tfjs' backends vectorize.

import { type Contract, defineOp } from "@llm/ops";
import { add, erf, mul, sigmoid, square, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** A fused kernel `Gelu` takes the attribute `approximation`. */
export const geluContract: Contract = { name: "Gelu", differentiable: ["x"], saved: ["x"] };

/** Which GELU. */
export interface GeluOptions {
  /** "none" is exact, with erf; "tanh" is GPT-2's. Default "none", as in PyTorch. */
  approximation?: "none" | "tanh";
}

const slope = 2 * Math.sqrt(2 / Math.PI);

const op = defineOp<{ x: Tensor }, Required<GeluOptions>>({
  contract: geluContract,
  composite: ({ x }, { approximation }) => {
    if (approximation === "tanh") return mul(x, sigmoid(mul(x, add(mul(square(x), slope * 0.044715), slope))));
    return mul(x, add(mul(erf(mul(x, Math.SQRT1_2)), 0.5), 0.5));
  },
});

/**
 * The GELU of each element.
 *
 * @param x any shape
 * @returns the same shape
 * @throws Error for an unknown approximation
 */
export function gelu(x: Tensor, { approximation = "none" }: GeluOptions = {}): Tensor {
  if (approximation !== "none" && approximation !== "tanh") {
    throw new Error(`gelu: approximation must be "none" or "tanh", got ${JSON.stringify(approximation)}`);
  }
  return tidy(() => op({ x }, { approximation }));
}
