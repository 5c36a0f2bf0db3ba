// The angles of rotary position embedding, as a table of cosines and sines.
//
//   angle(p, i) = p · θ_i
//
// Source: Su et al., "RoFormer", https://arxiv.org/abs/2104.09864. Computed in float64 and rounded once, so as exact at
// position 100,000 as at 1. Under the scaling "yarn", cosines and sines carry its magnitude.

import { type Tensor, tensor } from "@tensorflow/tfjs-core";
import { type RopeFrequencyOptions, ropeFrequencies } from "./frequencies.js";
import { ropeMagnitude } from "./scaling.js";

/** What determines the table. */
export interface RopeTableOptions extends RopeFrequencyOptions {
  /** Positions 0 … length − 1; under the scaling "dynamic" also the length of the text. */
  length: number;
}

/** Cosines and sines, each [length, headDim/2]. The caller disposes them. */
export interface RopeTable {
  cos: Tensor;
  sin: Tensor;
}

/**
 * The table for positions 0 … length − 1.
 * @throws Error when length is not a whole number of at least 1, or as `ropeFrequencies`
 */
export function ropeTable(options: RopeTableOptions): RopeTable {
  const { length, scaling } = options;
  if (!Number.isInteger(length) || length < 1) {
    throw new Error(`ropeTable: length must be a whole number of at least 1, got ${length}`);
  }
  const frequencies = ropeFrequencies(options);
  const magnitude = ropeMagnitude(scaling);
  const pairs = frequencies.length;
  const angle = (k: number): number => Math.floor(k / pairs) * (frequencies[k % pairs] as number);
  const fill = (f: (x: number) => number): Tensor =>
    tensor(
      Float32Array.from({ length: length * pairs }, (_, k) => f(angle(k)) * magnitude),
      [length, pairs],
    );
  return { cos: fill(Math.cos), sin: fill(Math.sin) };
}
