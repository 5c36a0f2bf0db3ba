// `rope_scaling` of Hugging Face's config.json.

import { configReader, type HuggingFaceConfig } from "@llm/model-config";
import type { RopeScaling } from "@llm/rope";

/**
 * Our scaling as Hugging Face writes it.
 * @throws Error for "ntk", which it does not know: there it is a larger base
 */
export function writeRopeScaling(scaling: RopeScaling): HuggingFaceConfig {
  const { kind, factor } = scaling;
  if (kind === "linear") return { rope_type: kind, factor };
  if (kind === "ntk") {
    throw new Error(
      'LLaMA config.json: rope_scaling has no "ntk"; set ropeBase to base · factor^(d / (d − 2)), d = headDim, instead',
    );
  }
  const { originalLength = 8192 } = scaling;
  const named = { rope_type: kind, factor, original_max_position_embeddings: originalLength };
  if (kind === "dynamic") return named;
  if (kind === "yarn") {
    const { betaFast = 32, betaSlow = 1, magnitude } = scaling;
    const attention = magnitude === undefined ? {} : { attention_factor: magnitude };
    return { ...named, beta_fast: betaFast, beta_slow: betaSlow, ...attention };
  }
  const { lowFrequencyFactor = 1, highFrequencyFactor = 4 } = scaling;
  return { ...named, low_freq_factor: lowFrequencyFactor, high_freq_factor: highFrequencyFactor };
}

/**
 * Hugging Face's scaling as ours.
 * @param maxLength `max_position_embeddings`, from which old files' "dynamic" and "yarn" count
 * @throws Error for a kind that we do not know, or a number that is missing
 */
export function readRopeScaling(
  json: HuggingFaceConfig | undefined,
  where: string,
  maxLength: number,
): RopeScaling | undefined {
  if (!json) return undefined;
  const { number, value } = configReader(json, `${where}, rope_scaling`);
  // Files of 2023 say "type".
  const kind = value("rope_type") ?? value("type");
  if (kind === "default" || kind === undefined) return undefined;
  if (kind === "linear") return { kind, factor: number("factor") };
  const known = { factor: number("factor"), originalLength: number("original_max_position_embeddings", maxLength) };
  if (kind === "dynamic") return { kind, ...known };
  if (kind === "yarn") {
    const magnitude = value("attention_factor") == null ? {} : { magnitude: number("attention_factor") };
    return { kind, ...known, betaFast: number("beta_fast", 32), betaSlow: number("beta_slow", 1), ...magnitude };
  }
  if (kind === "llama3") {
    const [low, high] = [number("low_freq_factor"), number("high_freq_factor")];
    return {
      kind,
      factor: known.factor,
      lowFrequencyFactor: low,
      highFrequencyFactor: high,
      originalLength: number("original_max_position_embeddings"),
    };
  }
  throw new Error(
    `${where}: rope_scaling of type ${JSON.stringify(kind)} is not known; linear, dynamic, yarn and llama3 are`,
  );
}
