// Frequencies for contexts longer than a model was trained on, by a factor s of the original length L₀.
//
//   linear   θ / s                                             Chen et al., https://arxiv.org/abs/2306.15595
//   ntk      base · s^(d/(d−2)): the slowest θ becomes θ/s, the fastest stays      bloc97, reddit.com/r/LocalLLaMA, 2023
//   dynamic  ntk with s·L/L₀ − (s − 1) for a text of length L > L₀, and plain up to L₀      (emozilla, ibid.)
//   yarn     θ/s where a wave turns less than β_slow times in L₀, θ where more than β_fast times, a blend (linear in i)
//            between; and cosines and sines times 0.1·ln s + 1        Peng et al., https://arxiv.org/abs/2309.00071
//   llama3   θ/s and θ likewise, a blend linear in θ                     Llama 3.1, `rope_scaling` of its config.json
//
// All as Hugging Face computes them, which rounds yarn's borders outwards to whole features.

/** How frequencies are slowed down for contexts longer than the model was trained on. */
export type RopeScaling =
  | { kind: "linear"; factor: number }
  | { kind: "ntk"; factor: number }
  | { kind: "dynamic"; factor: number; originalLength: number }
  | YarnScaling
  | Llama3Scaling;

interface YarnScaling {
  kind: "yarn";
  factor: number;
  /** Context of the original training, in tokens. */
  originalLength: number;
  /** Waves that turn more often than this in the original context are left. Default 32. */
  betaFast?: number;
  /** Waves that turn less often are slowed down by the factor. Default 1. */
  betaSlow?: number;
  /** Multiplies cosines and sines, and so scores by its square. Default 0.1·ln(factor) + 1. */
  magnitude?: number;
}

interface Llama3Scaling {
  kind: "llama3";
  /** Slow-down of the low frequencies; Llama 3.1 has 8. */
  factor: number;
  /** Wavelengths above originalLength / this are slowed down. Default 1. */
  lowFrequencyFactor?: number;
  /** Wavelengths below originalLength / this are left. Default 4. */
  highFrequencyFactor?: number;
  /** Context of the original training, in tokens. Default 8192. */
  originalLength?: number;
}

interface Unscaled {
  base: number;
  headDim: number;
  length: number;
  plain: (base: number) => Float64Array;
}

/** The frequencies under a scaling; `length` is that of the text at hand. */
export function scaledFrequencies(scaling: RopeScaling, { base, headDim, length, plain }: Unscaled): Float64Array {
  const { factor } = scaling;
  if (!(factor > 0)) throw new Error(`ropeFrequencies: scaling.factor must be above 0, got ${factor}`);
  const stretched = (s: number): Float64Array => plain(headDim > 2 ? base * s ** (headDim / (headDim - 2)) : base);
  if (scaling.kind === "linear") return plain(base).map((theta) => theta / factor);
  if (scaling.kind === "ntk") return stretched(factor);
  if (scaling.kind === "dynamic") {
    const ratio = length / checkedLength(scaling.originalLength);
    return ratio > 1 ? stretched(factor * ratio - (factor - 1)) : plain(base);
  }
  if (scaling.kind === "yarn") return plain(base).map(yarn(scaling, base, headDim));
  if (scaling.kind === "llama3") return plain(base).map(llama3(scaling));
  const kind = JSON.stringify((scaling as { kind: unknown }).kind);
  throw new Error(`ropeFrequencies: scaling.kind must be "linear", "ntk", "dynamic", "yarn" or "llama3", got ${kind}`);
}

/** What cosines and sines are multiplied with: 1, except under "yarn". */
export function ropeMagnitude(scaling?: RopeScaling): number {
  if (scaling?.kind !== "yarn") return 1;
  return scaling.magnitude ?? (scaling.factor > 1 ? 0.1 * Math.log(scaling.factor) + 1 : 1);
}

function yarn(scaling: YarnScaling, base: number, headDim: number): (theta: number, i: number) => number {
  const { factor, originalLength, betaFast = 32, betaSlow = 1 } = scaling;
  if (!(betaFast > betaSlow && betaSlow > 0)) {
    throw new Error(`ropeFrequencies: yarn scaling needs 0 < betaSlow < betaFast, got ${betaSlow} and ${betaFast}`);
  }
  const length = checkedLength(originalLength);
  // The (fractional) pair whose wave turns so often in the original context.
  const pairOf = (turns: number): number => (headDim * Math.log(length / (turns * 2 * Math.PI))) / (2 * Math.log(base));
  const low = Math.max(0, Math.floor(pairOf(betaFast)));
  const high = Math.min(headDim - 1, Math.ceil(pairOf(betaSlow)));
  return (theta, i) => {
    const slowed = Math.min(1, Math.max(0, (i - low) / Math.max(high - low, 0.001)));
    return (slowed * theta) / factor + (1 - slowed) * theta;
  };
}

function llama3(scaling: Llama3Scaling): (theta: number) => number {
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

function checkedLength(originalLength: number): number {
  if (originalLength > 0) return originalLength;
  throw new Error(
    `ropeFrequencies: scaling.originalLength, the context of the original training, must be above 0, got ${originalLength}`,
  );
}
