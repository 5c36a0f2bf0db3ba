// Clips all gradients together by their Euclidean norm.
//
//   ‖g‖ = √(Σ_i ‖g_i‖²),  g_i ← g_i · min(1, c / (‖g‖ + 1e-6))
//
// As PyTorch's clip_grad_norm_, with its 1e-6, but pure: new tensors come back. Nothing is read back, so a GPU never
// waits; the norm is returned before clipping, and shows a NaN or an infinity that any gradient holds. Whoever reads the
// norm anyway needs no second copy of the gradients: `clipCoefficient` gives the factor, for the optimizer to apply.
// Source: Pascanu et al., "On the difficulty of training recurrent neural networks", arXiv:1211.5063.

import { type Contract, hasKernel } from "@llm/ops";
import {
  add,
  div,
  engine,
  minimum,
  mul,
  reshape,
  type Scalar,
  scalar,
  sqrt,
  square,
  stack,
  sum,
  type Tensor,
  tidy,
} from "@tensorflow/tfjs-core";

/** Gradients by parameter name. */
export type Gradients = ReadonlyMap<string, Tensor>;

/** Clipped gradients, and the norm before clipping. The caller disposes all of them. */
export interface Clipped {
  grads: Map<string, Tensor>;
  norm: Scalar;
}

/**
 * A fused kernel `ClipByGlobalNorm` takes the gradients as inputs 0 … n−1 and the attribute `maxNorm`, and returns the
 * n clipped gradients, then the norm. Where nothing is clipped, a gradient may share its input's memory.
 */
export const clipByGlobalNormContract: Contract = { name: "ClipByGlobalNorm", differentiable: [], saved: [] };

/** A fused kernel `GlobalNorm` takes the gradients as inputs 0 … n−1 and returns their norm, a scalar. */
export const globalNormContract: Contract = { name: "GlobalNorm", differentiable: [], saved: [] };

/**
 * The Euclidean norm of all gradients together.
 *
 * @returns a scalar; NaN or infinite when a gradient is
 * @throws Error when there are no gradients
 */
export function globalNorm(grads: Gradients): Scalar {
  if (grads.size === 0) throw new Error("globalNorm: there are no gradients");
  const tensors = [...grads.values()];
  if (hasKernel(globalNormContract.name)) {
    return engine().runKernel(globalNormContract.name, tensors as never) as Scalar;
  }
  // Not addN, which binds all its inputs at once: GPUs allow a shader only a few.
  return tidy(() => sqrt(sum(stack(tensors.map(sumOfSquares)))) as Scalar);
}

/**
 * The factor that clips gradients of that norm, min(1, maxNorm / (norm + 1e-6)); NaN for a NaN.
 *
 * @throws RangeError when `maxNorm` is not positive
 */
export function clipCoefficient(norm: number, maxNorm: number): number {
  if (!(maxNorm > 0)) throw new RangeError(`clipCoefficient: maxNorm must be positive, got ${maxNorm}`);
  return Number.isFinite(maxNorm) ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;
}

/**
 * Scales the gradients so that their global norm is at most `maxNorm`.
 *
 * @param grads not changed, not disposed
 * @param maxNorm positive; `Infinity` only measures
 * @throws Error when there are no gradients, RangeError when `maxNorm` is not positive
 */
export function clipByGlobalNorm(grads: Gradients, maxNorm: number): Clipped {
  if (!(maxNorm > 0)) throw new RangeError(`clipByGlobalNorm: maxNorm must be positive, got ${maxNorm}`);
  const names = [...grads.keys()];
  const tensors = [...grads.values()];
  const clipped = tidy(() => {
    if (hasKernel(clipByGlobalNormContract.name)) {
      return engine().runKernel(clipByGlobalNormContract.name, tensors as never, { maxNorm }) as Tensor[];
    }
    const norm = globalNorm(grads);
    const coefficient = Number.isFinite(maxNorm) ? minimum(div(maxNorm, add(norm, 1e-6)), 1) : scalar(1);
    return [...tensors.map((grad) => mul(grad, coefficient)), norm];
  });
  const norm = clipped.pop() as Scalar;
  return { grads: new Map(names.map((name, i) => [name, clipped[i] as Tensor])), norm };
}

/** Row by row first: one long float32 sum of millions of squares would lose digits. */
function sumOfSquares(grad: Tensor): Tensor {
  const width = grad.shape.at(-1) ?? 1;
  return sum(sum(reshape(square(grad), [Math.round(grad.size / Math.max(1, width)), width]), -1));
}
