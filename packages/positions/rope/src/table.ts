// The angles of rotary position embedding, as a table of cosines and sines.
//
//   angle(p, i) = p · θ_i,   θ_i = base^(−2i / headDim),   i = 0 … headDim/2 − 1
//
// Source: Su et al., "RoFormer", https://arxiv.org/abs/2104.09864. Scalings for longer contexts: "linear" divides
// every θ (Chen et al., https://arxiv.org/abs/2306.15595); "llama3" divides the slow ones and leaves the fast
// (Llama 3.1, `rope_scaling` of its config.json). Computed in float64 and rounded once.

import { type Tensor, tensor } from "@tensorflow/tfjs-core";

/** How frequencies are slowed down for contexts longer than the model was trained on. */
export type RopeScaling =
  | { kind: "linear"; factor: number }
  | {
      kind: "llama3";
      /** Slow-down of the low frequencies; Llama 3.1 has 8. */
      factor: number;
      /** Wavelengths above originalLength / this are slowed down. Default 1. */
      lowFrequencyFactor?: number;
      /** Wavelengths below originalLength / this are left. Default 4. */
      highFrequencyFactor?: number;
      /** Context of the original training, in tokens. Default 8192. */
      originalLength?: number;
    };

/** What determines the frequencies. */
export interface RopeFrequencyOptions {
  /** Features that are rotated: all of a head, or fewer for partial rotary; even. */
  headDim: number;
  /** Default 10000; Llama 3 has 500000. */
  base?: number;
  scaling?: RopeScaling;
}

/** What determines the table. */
export interface RopeTableOptions extends RopeFrequencyOptions {
  /** Positions 0 … length − 1. */
  length: number;
}

/** Cosines and sines, each [length, headDim/2]. The caller disposes them. */
export interface RopeTable {
  cos: Tensor;
  sin: Tensor;
}

/**
 * θ_i in radians per position, float64 [headDim/2].
 * @throws Error when headDim is odd, or base or scaling make no sense
 */
export function ropeFrequencies({ headDim, base = 10000, scaling }: RopeFrequencyOptions): Float64Array {
  if (!Number.isInteger(headDim) || headDim < 2 || headDim % 2 !== 0) {
    throw new Error(
      `ropeFrequencies: headDim must be even and at least 2, because features turn in pairs; got ${headDim}`,
    );
  }
  if (!(base > 0 && Number.isFinite(base))) throw new Error(`ropeFrequencies: base must be above 0, got ${base}`);
  const frequencies = Float64Array.from({ length: headDim / 2 }, (_, i) => base ** ((-2 * i) / headDim));
  if (!scaling) return frequencies;
  if (!(scaling.factor > 0)) throw new Error(`ropeFrequencies: scaling.factor must be above 0, got ${scaling.factor}`);
  if (scaling.kind === "linear") return frequencies.map((theta) => theta / scaling.factor);
  if (scaling.kind === "llama3") return frequencies.map(llama3(scaling));
  const kind = JSON.stringify((scaling as { kind: unknown }).kind);
  throw new Error(`ropeFrequencies: scaling.kind must be "linear" or "llama3", got ${kind}`);
}

/** Divides low frequencies by the factor, keeps high ones, and blends linearly (in θ) between. */
function llama3(scaling: Extract<RopeScaling, { kind: "llama3" }>): (theta: number) => number {
  const { factor, lowFrequencyFactor: low = 1, highFrequencyFactor: high = 4, originalLength = 8192 } = scaling;
  if (!(high > low && low > 0 && originalLength > 0)) {
    throw new Error(
      `ropeFrequencies: llama3 scaling needs 0 < lowFrequencyFactor < highFrequencyFactor and originalLength above 0, got ${low}, ${high}, ${originalLength}`,
    );
  }
  return (theta) => {
    const turns = (originalLength * theta) / (2 * Math.PI);
    const keep = Math.min(1, Math.max(0, (turns - low) / (high - low)));
    return keep * theta + ((1 - keep) * theta) / factor;
  };
}

/**
 * The table for positions 0 … length − 1.
 * @throws Error when length is not a whole number of at least 1, or as `ropeFrequencies`
 */
export function ropeTable({ length, ...frequencyOptions }: RopeTableOptions): RopeTable {
  if (!Number.isInteger(length) || length < 1) {
    throw new Error(`ropeTable: length must be a whole number of at least 1, got ${length}`);
  }
  const frequencies = ropeFrequencies(frequencyOptions);
  const pairs = frequencies.length;
  const angle = (k: number): number => Math.floor(k / pairs) * (frequencies[k % pairs] as number);
  const fill = (f: (x: number) => number): Tensor =>
    tensor(
      Float32Array.from({ length: length * pairs }, (_, k) => f(angle(k))),
      [length, pairs],
    );
  return { cos: fill(Math.cos), sin: fill(Math.sin) };
}
