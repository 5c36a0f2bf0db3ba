// A layer that passes values unchanged and lets only a part of the gradient back.
//
//   y = x,   dx = α·dy
//
// GLM-130B (Zeng et al., arXiv:2210.02414, section 3.1) puts it behind the word embeddings with α = 0.1, because their
// gradients run far ahead of the other layers' before a spike. There it is x·α + stop(x)·(1 − α), whose forward pass
// rounds; here it is the identity, bit for bit.

import { clone, customGrad, mul, type Tensor } from "@tensorflow/tfjs-core";

/**
 * The same values, with a gradient that is `alpha` times as large.
 *
 * @param x any shape
 * @param alpha from 0 (no gradient at all) to 1 (all of it)
 * @throws RangeError for another alpha
 */
export function shrinkGradient(x: Tensor, alpha: number): Tensor {
  if (!(alpha >= 0 && alpha <= 1)) throw new RangeError(`shrinkGradient: alpha must be from 0 to 1, got ${alpha}`);
  const op = customGrad((input) => ({
    value: clone(input as Tensor),
    gradFunc: (dy: Tensor | Tensor[]) => mul(dy as Tensor, alpha),
  }));
  return op(x);
}
