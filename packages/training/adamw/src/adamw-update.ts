// One AdamW step of one parameter.
//
//   m ← β₁m + (1 − β₁)g,  v ← β₂v + (1 − β₂)g²
//   θ ← (1 − ηλ)θ − η/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
//
// The order of operations and the place of ε are those of torch.optim.AdamW; the two divisions by bias corrections are
// folded into ε and the step size (ε·c and η·c with c = √(1 − β₂ᵗ)), which saves a pass over the parameter.
// Source: Loshchilov and Hutter, "Decoupled weight decay regularization", arXiv:1711.05101.

import { add, div, mul, sqrt, square, sub, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** A parameter, its gradient and its two moments, all of one shape. */
export interface AdamWState {
  parameter: Tensor;
  grad: Tensor;
  /** First moment: the running mean of the gradient. Zeros at first. */
  m: Tensor;
  /** Second moment: the running mean of its square. Zeros at first. */
  v: Tensor;
}

/** The numbers of one step. */
export interface AdamWOptions {
  /** Learning rate η of this step. */
  lr: number;
  beta1?: number;
  beta2?: number;
  eps?: number;
  /** λ, decoupled: it is multiplied by the learning rate, not added to the gradient. */
  weightDecay?: number;
  /** 1 for the first step of this parameter. */
  step: number;
  /** What the gradient is multiplied by first, as in clipping. Default 1. */
  gradScale?: number;
}

/**
 * The parameter and its moments after one step. Pure: the inputs are neither changed nor disposed.
 *
 * @throws Error when the shapes differ, RangeError when `step` is not 1 or above
 */
export function adamWUpdate(
  { parameter, grad: given, m, v }: AdamWState,
  { lr, beta1 = 0.9, beta2 = 0.999, eps = 1e-8, weightDecay = 0.01, step, gradScale = 1 }: AdamWOptions,
): { parameter: Tensor; m: Tensor; v: Tensor } {
  if (!Number.isInteger(step) || step < 1) throw new RangeError(`adamWUpdate: step counts from 1, got ${step}`);
  for (const [name, tensor] of Object.entries({ grad: given, m, v })) {
    if (tensor.shape.join() !== parameter.shape.join()) {
      throw new Error(
        `adamWUpdate: ${name} must have the parameter's shape [${parameter.shape}], got [${tensor.shape}]`,
      );
    }
  }
  return tidy(() => {
    const grad = gradScale === 1 ? given : mul(given, gradScale);
    // A tidy around each line frees its intermediates, so that the next line finds their memory warm.
    const nextM = tidy(() => add(mul(m, beta1), mul(grad, 1 - beta1)));
    const nextV = tidy(() => add(mul(v, beta2), mul(square(grad), 1 - beta2)));
    const correction = Math.sqrt(1 - beta2 ** step);
    const stepSize = (lr * correction) / (1 - beta1 ** step);
    const change = tidy(() => mul(div(nextM, add(sqrt(nextV), eps * correction)), stepSize));
    const kept = lr * weightDecay === 0 ? parameter : mul(parameter, 1 - lr * weightDecay);
    return { parameter: sub(kept, change), m: nextM, v: nextV };
  });
}
