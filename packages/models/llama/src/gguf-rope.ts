// Scaled rotations as llama.cpp stores them.
//
//   linear   rope.scaling.type, .factor
//   yarn     the same, with .original_context_length and, for a magnitude of one's own, .attn_factor: what
//            0.1·ln(factor) + 1 is multiplied with. For LLaMA llama.cpp reads no betas; it has 32 and 1.
//   llama3   the tensor rope_freqs.weight: by how much each frequency is divided
//   ntk, dynamic     nothing
//
// The tensor is all that a foreign file says of Llama 3's scaling. Reading one back means finding the factor to the three
// numbers that were published; ours name them, under keys that llama.cpp does not use.
// Source: src/llama-model.cpp, src/llama-context.cpp and conversion/ of github.com/ggml-org/llama.cpp.
// Letters: H head dim.

import { type ArchitectureReader, float32, type MetadataValue, string, uint32 } from "@llm/gguf";
import { type RopeScaling, ropeFrequencies, ropeMagnitude } from "@llm/rope";

/** The tensor of Llama 3's scaling. */
export const ROPE_FACTORS = "rope_freqs.weight";

/** What rotations depend on besides their scaling. */
export interface Rotations {
  headDim: number;
  ropeBase: number;
}

type Llama3 = Extract<RopeScaling, { kind: "llama3" }>;

/**
 * The keys of a scaling, without the architecture's name.
 * @throws Error for one that llama.cpp cannot be told of
 */
export function ropeScalingMetadata(scaling: RopeScaling | undefined): Record<string, MetadataValue> {
  if (!scaling) return {};
  const named = { "rope.scaling.type": string(scaling.kind), "rope.scaling.factor": float32(scaling.factor) };
  if (scaling.kind === "linear") return named;
  if (scaling.kind === "llama3") {
    const { originalLength = 8192, lowFrequencyFactor = 1, highFrequencyFactor = 4 } = scaling;
    return {
      "rope.scaling.original_context_length": uint32(originalLength),
      "rope.scaling.low_freq_factor": float32(lowFrequencyFactor),
      "rope.scaling.high_freq_factor": float32(highFrequencyFactor),
    };
  }
  if (scaling.kind === "yarn") {
    const { originalLength, betaFast = 32, betaSlow = 1, magnitude } = scaling;
    if (betaFast !== 32 || betaSlow !== 1)
      throw new Error(
        `Llama: llama.cpp computes yarn with a betaFast of 32 and a betaSlow of 1, not ${betaFast} and ${betaSlow}; ` +
          "leave them out, or store the model as Hugging Face does",
      );
    const original = { "rope.scaling.original_context_length": uint32(originalLength) };
    if (magnitude === undefined) return { ...named, ...original };
    return { ...named, ...original, "rope.scaling.attn_factor": float32(magnitude / usualMagnitude(scaling.factor)) };
  }
  const instead =
    scaling.kind === "ntk"
      ? "set ropeBase to base · factor^(d / (d − 2)), d = headDim, instead"
      : "there rotations do not depend on a text's length; linear, yarn and llama3 can be stored";
  throw new Error(`Llama: GGUF has no name for rotations scaled by ${JSON.stringify(scaling.kind)}; ${instead}`);
}

/**
 * The scaling that a file's keys or its tensor tell of.
 *
 * @param factors values of the tensor; `true` where the file has it and they are not known
 * @throws Error for a scaling that Llama does not have, or a number that is missing
 */
export function readRopeScaling(
  read: ArchitectureReader,
  rotations: Rotations,
  factors: Float32Array | boolean,
): RopeScaling | undefined {
  if (factors === true)
    throw new Error(`LLaMA in GGUF: the file has ${ROPE_FACTORS}; its values are needed for the configuration`);
  if (factors) return llama3Scaling(read, rotations, factors);
  // As llama.cpp reads them: a factor alone is linear, and files of 2023 have it under another name.
  const factor = read.decimal("rope.scaling.factor", read.number("rope.scale_linear", 1)) || 1;
  const kind = read.text("rope.scaling.type", "linear");
  if (kind === "none" || (kind === "linear" && factor === 1)) return undefined;
  if (kind === "linear") return { kind, factor };
  if (kind === "yarn") return yarnScaling(read, factor);
  throw new Error(`LLaMA in GGUF: rotations scaled by ${JSON.stringify(kind)} are not known; linear and yarn ones are`);
}

function yarnScaling(read: ArchitectureReader, factor: number): RopeScaling {
  if (read.number("rope.scaling.yarn_ext_factor", 1) !== 1)
    throw new Error("LLaMA in GGUF: rope.scaling.yarn_ext_factor must be 1, as in the paper");
  const originalLength = read.number("rope.scaling.original_context_length", read.number("context_length"));
  const scaling = { kind: "yarn", factor, originalLength } as const;
  const beta = (key: "fast" | "slow"): number | undefined =>
    read.has(`rope.scaling.yarn_beta_${key}`) ? read.decimal(`rope.scaling.yarn_beta_${key}`) : undefined;
  const [betaFast, betaSlow] = [beta("fast"), beta("slow")];
  return {
    ...scaling,
    ...(betaFast !== undefined && { betaFast }),
    ...(betaSlow !== undefined && { betaSlow }),
    ...magnitudeOf(read, factor),
  };
}

/** Ours is a share of the usual magnitude; llama.cpp's converter writes all of it, under a name that only it uses. */
function magnitudeOf(read: ArchitectureReader, factor: number): { magnitude?: number } {
  if (read.has("rope.scaling.yarn_attn_factor")) return { magnitude: read.decimal("rope.scaling.yarn_attn_factor") };
  if (!read.has("rope.scaling.attn_factor")) return {};
  const magnitude = read.number("rope.scaling.attn_factor") * usualMagnitude(factor);
  return { magnitude: Number(magnitude.toPrecision(7)) };
}

const usualMagnitude = (factor: number): number => ropeMagnitude({ kind: "yarn", factor, originalLength: 1 });

/** What each frequency is divided by: the plain one over the scaled one. */
export function ropeFactors({ headDim, ropeBase }: Rotations, scaling: RopeScaling): Float32Array {
  const scaled = ropeFrequencies({ headDim, base: ropeBase, scaling });
  return Float32Array.from(ropeFrequencies({ headDim, base: ropeBase }), (plain, i) => plain / (scaled[i] as number));
}

/** The factor follows from the slowest rotation, where it shows most. */
function llama3Scaling(read: ArchitectureReader, rotations: Rotations, factors: Float32Array): RopeScaling | undefined {
  if (factors.every((x) => x === 1)) return undefined;
  const lowFrequencyFactor = read.decimal("rope.scaling.low_freq_factor", 1);
  const highFrequencyFactor = read.decimal("rope.scaling.high_freq_factor", 4);
  const originalLength = read.number("rope.scaling.original_context_length", 8192);
  const shape = { kind: "llama3", lowFrequencyFactor, highFrequencyFactor, originalLength } as const;
  const factor = factorOf(shape, rotations, factors.at(-1) as number);
  if (factor >= 1) {
    const scaling: Llama3 = { ...shape, factor };
    const expected = ropeFactors(rotations, scaling);
    const close = (x: number, i: number): boolean => Math.abs(x - (factors[i] as number)) <= 1e-4 * x;
    if (expected.length === factors.length && expected.every(close)) return scaling;
  }
  throw new Error(
    `LLaMA in GGUF: ${ROPE_FACTORS} does not follow Llama 3's scaling of an original length of ${originalLength}`,
  );
}

function factorOf(shape: Required<Omit<Llama3, "factor">>, { headDim, ropeBase }: Rotations, slowest: number): number {
  const { lowFrequencyFactor: low, highFrequencyFactor: high, originalLength } = shape;
  const theta = ropeFrequencies({ headDim, base: ropeBase }).at(-1) as number;
  const kept = Math.max(0, ((originalLength * theta) / (2 * Math.PI) - low) / (high - low));
  return Math.round(((1 - kept) / (1 / slowest - kept)) * 1000) / 1000;
}
