// config.json of Hugging Face's BertForMaskedLM.

import { configReader, type HuggingFaceConfig } from "@llm/model-config";
import { type BertConfig, resolveConfig } from "./config.js";

/** What Hugging Face needs to know to load the weights of `toHuggingFace`. */
export function toHuggingFaceConfig(config: BertConfig): HuggingFaceConfig {
  const c = resolveConfig(config);
  return {
    architectures: ["BertForMaskedLM"],
    model_type: "bert",
    vocab_size: c.vocabSize,
    max_position_embeddings: c.maxLength,
    type_vocab_size: c.types,
    hidden_size: c.dim,
    intermediate_size: c.hiddenDim,
    num_hidden_layers: c.layers,
    num_attention_heads: c.heads,
    hidden_act: "gelu",
    layer_norm_eps: c.normEps,
    hidden_dropout_prob: c.dropout,
    attention_probs_dropout_prob: c.dropout,
    initializer_range: 0.02,
    position_embedding_type: "absolute",
    tie_word_embeddings: true,
    torch_dtype: "float32",
  };
}

/**
 * Our configuration from a parsed config.json. Their two dropout rates are one here: the branches'.
 * @throws Error for another model type, a variant that Bert does not have, or a size that is missing
 */
export function fromHuggingFaceConfig(json: HuggingFaceConfig): Required<BertConfig> {
  const { only, number } = configReader(json, "BERT config.json");
  only("model_type", "bert");
  only("hidden_act", "gelu");
  only("position_embedding_type", "absolute");
  only("is_decoder", false);
  only("add_cross_attention", false);
  only("tie_word_embeddings", true);
  return resolveConfig({
    vocabSize: number("vocab_size"),
    maxLength: number("max_position_embeddings", 512),
    types: number("type_vocab_size", 2),
    dim: number("hidden_size"),
    hiddenDim: number("intermediate_size"),
    layers: number("num_hidden_layers"),
    heads: number("num_attention_heads"),
    dropout: number("hidden_dropout_prob", 0.1),
    normEps: number("layer_norm_eps", 1e-12),
  });
}
