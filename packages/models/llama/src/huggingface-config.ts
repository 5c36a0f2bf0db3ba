// config.json of Hugging Face's LlamaForCausalLM. The weights need no map: names and layouts are the same.

import type { RopeScaling } from "@llm/rope";
import { type LlamaConfig, type ResolvedLlamaConfig, resolveConfig } from "./config.js";

/** A parsed config.json. */
export type HuggingFaceConfig = { [key: string]: unknown };

/** What Hugging Face needs to know to load the state dictionary of a `Llama`. */
export function toHuggingFaceConfig(config: LlamaConfig): HuggingFaceConfig {
  const c = resolveConfig(config);
  return {
    architectures: ["LlamaForCausalLM"],
    model_type: "llama",
    vocab_size: c.vocabSize,
    max_position_embeddings: c.maxLength,
    hidden_size: c.dim,
    intermediate_size: c.hiddenDim,
    num_hidden_layers: c.layers,
    num_attention_heads: c.heads,
    num_key_value_heads: c.kvHeads,
    head_dim: c.headDim,
    hidden_act: "silu",
    rms_norm_eps: c.normEps,
    rope_theta: c.ropeBase,
    rope_scaling: c.ropeScaling ? writeScaling(c.ropeScaling) : null,
    attention_bias: false,
    mlp_bias: false,
    attention_dropout: 0,
    initializer_range: 0.02,
    tie_word_embeddings: c.tied,
    torch_dtype: "float32",
  };
}

/**
 * Our configuration from a parsed config.json.
 * @throws Error for another model type, a variant that Llama does not have, or a size that is missing
 */
export function fromHuggingFaceConfig(json: HuggingFaceConfig): ResolvedLlamaConfig {
  const { only, number } = reader(json, "LLaMA config.json");
  only("model_type", "llama");
  only("hidden_act", "silu", "swish");
  only("attention_bias", false);
  only("mlp_bias", false);
  const dim = number("hidden_size");
  const heads = number("num_attention_heads");
  // Transformers 5 moved what is known of rotations into one object.
  const nested = own(json, "rope_parameters");
  const rope = isObject(nested) ? nested : json;
  const scaling = readScaling(isObject(nested) ? nested : own(json, "rope_scaling"));
  return resolveConfig({
    vocabSize: number("vocab_size"),
    maxLength: number("max_position_embeddings", 2048),
    dim,
    heads,
    layers: number("num_hidden_layers"),
    kvHeads: number("num_key_value_heads", heads),
    headDim: number("head_dim", dim / heads),
    hiddenDim: number("intermediate_size"),
    ropeBase: reader(rope, "LLaMA config.json").number("rope_theta", 10000),
    ...(scaling && { ropeScaling: scaling }),
    normEps: number("rms_norm_eps", 1e-6),
    tied: own(json, "tie_word_embeddings") === true,
  });
}

function writeScaling(scaling: RopeScaling): HuggingFaceConfig {
  if (scaling.kind === "linear") return { rope_type: "linear", factor: scaling.factor };
  const { factor, lowFrequencyFactor = 1, highFrequencyFactor = 4, originalLength = 8192 } = scaling;
  return {
    rope_type: "llama3",
    factor,
    low_freq_factor: lowFrequencyFactor,
    high_freq_factor: highFrequencyFactor,
    original_max_position_embeddings: originalLength,
  };
}

function readScaling(json: unknown): RopeScaling | undefined {
  if (json === undefined || json === null) return undefined;
  if (!isObject(json))
    throw new Error(`LLaMA config.json: rope_scaling must be an object, got ${JSON.stringify(json)}`);
  // Files of 2023 say "type".
  const kind = own(json, "rope_type") ?? own(json, "type");
  const { number } = reader(json, "LLaMA config.json, rope_scaling");
  if (kind === "default" || kind === undefined) return undefined;
  if (kind === "linear") return { kind, factor: number("factor") };
  if (kind === "llama3") {
    return {
      kind,
      factor: number("factor"),
      lowFrequencyFactor: number("low_freq_factor"),
      highFrequencyFactor: number("high_freq_factor"),
      originalLength: number("original_max_position_embeddings"),
    };
  }
  throw new Error(
    `LLaMA config.json: rope_scaling of type ${JSON.stringify(kind)} is not known; linear and llama3 are`,
  );
}

const own = (json: HuggingFaceConfig, key: string): unknown => (Object.hasOwn(json, key) ? json[key] : undefined);

const isObject = (value: unknown): value is HuggingFaceConfig =>
  typeof value === "object" && value !== null && !Array.isArray(value);

interface Reader {
  /** Throws unless the value is absent or one of these. */
  only(key: string, ...allowed: unknown[]): void;
  number(key: string, fallback?: number): number;
}

function reader(json: HuggingFaceConfig, where: string): Reader {
  return {
    only(key, ...allowed) {
      const value = own(json, key);
      if (value === undefined || allowed.includes(value)) return;
      throw new Error(`${where}: ${key} is ${JSON.stringify(value)}, only ${JSON.stringify(allowed[0])} is known`);
    },
    number(key, fallback) {
      const value = own(json, key) ?? fallback;
      if (typeof value === "number") return value;
      throw new Error(`${where}: ${key} must be a number, got ${JSON.stringify(value)}`);
    },
  };
}
