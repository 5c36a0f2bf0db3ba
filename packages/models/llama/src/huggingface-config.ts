// config.json of Hugging Face's LlamaForCausalLM. The weights need no map: names and layouts are the same.

import { configReader, type HuggingFaceConfig } from "@llm/model-config";
import { type LlamaConfig, type ResolvedLlamaConfig, resolveConfig } from "./config.js";
import { readRopeScaling, writeRopeScaling } from "./rope-scaling.js";

const WHERE = "LLaMA config.json";

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
    rope_scaling: c.ropeScaling ? writeRopeScaling(c.ropeScaling) : null,
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
  const { only, number, value, object } = configReader(json, WHERE);
  only("model_type", "llama");
  only("hidden_act", "silu", "swish");
  only("attention_bias", false);
  only("mlp_bias", false);
  const dim = number("hidden_size");
  const heads = number("num_attention_heads");
  // Transformers 5 moved what is known of rotations into one object.
  const nested = object("rope_parameters");
  const maxLength = number("max_position_embeddings", 2048);
  const scaling = readRopeScaling(nested ?? object("rope_scaling"), WHERE, maxLength);
  return resolveConfig({
    vocabSize: number("vocab_size"),
    maxLength,
    dim,
    heads,
    layers: number("num_hidden_layers"),
    kvHeads: number("num_key_value_heads", heads),
    headDim: number("head_dim", dim / heads),
    hiddenDim: number("intermediate_size"),
    ropeBase: configReader(nested ?? json, WHERE).number("rope_theta", 10000),
    ...(scaling && { ropeScaling: scaling }),
    normEps: number("rms_norm_eps", 1e-6),
    tied: value("tie_word_embeddings") === true,
  });
}
