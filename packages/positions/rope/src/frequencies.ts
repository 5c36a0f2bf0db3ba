// How fast each pair of features turns.
//
//   θ_i = base^(−2i / headDim),   i = 0 … headDim/2 − 1
//
// Source: Su et al., "RoFormer", https://arxiv.org/abs/2104.09864. What `scaling` does to θ stands in scaling.ts.
// Computed in float64.

import { type RopeScaling, scaledFrequencies } from "./scaling.js";

/** What determines the frequencies. */
export interface RopeFrequencyOptions {
  /** Features that are rotated: all of a head, or fewer for partial rotary; even. */
  headDim: number;
  /** Default 10000; Llama 3 has 500000. */
  base?: number;
  scaling?: RopeScaling;
  /** Length of the text at hand, for the scaling "dynamic". Default: not longer than the original training's. */
  length?: number;
}

/**
 * θ_i in radians per position, float64 [headDim/2].
 * @throws Error when headDim is odd, or base or scaling make no sense
 */
export function ropeFrequencies({ headDim, base = 10000, scaling, length = 0 }: RopeFrequencyOptions): Float64Array {
  if (!Number.isInteger(headDim) || headDim < 2 || headDim % 2 !== 0) {
    throw new Error(
      `ropeFrequencies: headDim must be even and at least 2, because features turn in pairs; got ${headDim}`,
    );
  }
  if (!(base > 0 && Number.isFinite(base))) throw new Error(`ropeFrequencies: base must be above 0, got ${base}`);
  const plain = (base: number): Float64Array =>
    Float64Array.from({ length: headDim / 2 }, (_, i) => base ** ((-2 * i) / headDim));
  return scaling ? scaledFrequencies(scaling, { base, headDim, length, plain }) : plain(base);
}
