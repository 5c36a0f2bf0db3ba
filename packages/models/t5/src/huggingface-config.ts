// config.json of Hugging Face's T5ForConditionalGeneration.

import { configReader, type HuggingFaceConfig } from "@llm/model-config";
import { resolveConfig, type T5Config } from "./config.js";

/** What Hugging Face needs to know to load the weights of `toHuggingFace`. */
export function toHuggingFaceConfig(config: T5Config): HuggingFaceConfig {
  const c = resolveConfig(config);
  return {
    architectures: ["T5ForConditionalGeneration"],
    model_type: "t5",
    vocab_size: c.vocabSize,
    n_positions: c.maxLength,
    d_model: c.dim,
    d_kv: c.headDim,
    d_ff: c.hiddenDim,
    num_layers: c.layers,
    num_decoder_layers: c.decoderLayers,
    num_heads: c.heads,
    relative_attention_num_buckets: c.buckets,
    relative_attention_max_distance: c.maxDistance,
    feed_forward_proj: c.feedForward,
    dropout_rate: c.dropout,
    layer_norm_epsilon: c.normEps,
    is_encoder_decoder: true,
    decoder_start_token_id: 0,
    pad_token_id: 0,
    eos_token_id: 1,
    tie_word_embeddings: c.tied,
    torch_dtype: "float32",
  };
}

/**
 * Our configuration from a parsed config.json.
 * @throws Error for another model type, a variant that T5 does not have, or a size that is missing
 */
export function fromHuggingFaceConfig(json: HuggingFaceConfig): Required<T5Config> {
  const { only, number, text, boolean } = configReader(json, "T5 config.json");
  only("model_type", "t5");
  only("feed_forward_proj", "relu", "gated-gelu");
  const layers = number("num_layers");
  return resolveConfig({
    vocabSize: number("vocab_size"),
    maxLength: number("n_positions", 512),
    dim: number("d_model"),
    headDim: number("d_kv", 64),
    hiddenDim: number("d_ff"),
    layers,
    decoderLayers: number("num_decoder_layers", layers),
    heads: number("num_heads"),
    buckets: number("relative_attention_num_buckets", 32),
    maxDistance: number("relative_attention_max_distance", 128),
    feedForward: text("feed_forward_proj", "relu") as "relu" | "gated-gelu",
    dropout: number("dropout_rate", 0.1),
    normEps: number("layer_norm_epsilon", 1e-6),
    tied: boolean("tie_word_embeddings", true),
  });
}
