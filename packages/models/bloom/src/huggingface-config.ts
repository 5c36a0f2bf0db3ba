// config.json of Hugging Face's BloomForCausalLM.

import { configReader, type HuggingFaceConfig } from "@llm/model-config";
import { type BloomConfig, resolveConfig } from "./config.js";

/**
 * What Hugging Face needs to know to load the weights of `toHuggingFace`.
 * @throws Error when `hiddenDim` is not 4·dim: their BLOOM has no other
 */
export function toHuggingFaceConfig(config: BloomConfig): HuggingFaceConfig {
  const c = resolveConfig(config);
  if (c.hiddenDim !== 4 * c.dim) {
    throw new Error(`BLOOM config.json: hiddenDim must be 4·dim = ${4 * c.dim} there, got ${c.hiddenDim}`);
  }
  return {
    architectures: ["BloomForCausalLM"],
    model_type: "bloom",
    vocab_size: c.vocabSize,
    seq_length: c.maxLength,
    hidden_size: c.dim,
    n_layer: c.layers,
    n_head: c.heads,
    layer_norm_epsilon: c.normEps,
    hidden_dropout: c.dropout,
    attention_dropout: c.dropout,
    apply_residual_connection_post_layernorm: false,
    initializer_range: 0.02,
    tie_word_embeddings: true,
    torch_dtype: "float32",
  };
}

/**
 * Our configuration from a parsed config.json.
 * @throws Error for another model type, a variant that BLOOM does not have here, or a size that is missing
 */
export function fromHuggingFaceConfig(json: HuggingFaceConfig): Required<BloomConfig> {
  const { only, number } = configReader(json, "BLOOM config.json");
  only("model_type", "bloom");
  only("apply_residual_connection_post_layernorm", false);
  only("tie_word_embeddings", true);
  return resolveConfig({
    vocabSize: number("vocab_size"),
    maxLength: number("seq_length", 2048),
    dim: number(["hidden_size", "n_embed"]),
    heads: number(["n_head", "num_attention_heads"]),
    layers: number(["n_layer", "num_hidden_layers"]),
    dropout: number("hidden_dropout", 0),
    normEps: number("layer_norm_epsilon", 1e-5),
  });
}
