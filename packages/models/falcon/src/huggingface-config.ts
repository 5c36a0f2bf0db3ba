// config.json of Hugging Face's FalconForCausalLM.

import { configReader, type HuggingFaceConfig } from "@llm/model-config";
import { type FalconConfig, resolveConfig } from "./config.js";

/** What Hugging Face needs to know to load the weights of `toHuggingFace`. */
export function toHuggingFaceConfig(config: FalconConfig): HuggingFaceConfig {
  const c = resolveConfig(config);
  if (c.headDim * c.heads !== c.dim) {
    throw new Error(`Falcon config.json: heads · headDim must be dim = ${c.dim} there, got ${c.heads} · ${c.headDim}`);
  }
  const grouped = c.norms === "separate" || (c.kvHeads !== 1 && c.kvHeads !== c.heads);
  return {
    architectures: ["FalconForCausalLM"],
    model_type: "falcon",
    vocab_size: c.vocabSize,
    max_position_embeddings: c.maxLength,
    hidden_size: c.dim,
    ffn_hidden_size: c.hiddenDim,
    num_hidden_layers: c.layers,
    num_attention_heads: c.heads,
    num_kv_heads: c.kvHeads,
    new_decoder_architecture: grouped,
    num_ln_in_parallel_attn: c.norms === "separate" ? 2 : 1,
    multi_query: c.kvHeads === 1,
    parallel_attn: true,
    alibi: false,
    bias: false,
    activation: "gelu",
    rope_theta: c.ropeBase,
    layer_norm_epsilon: c.normEps,
    hidden_dropout: 0,
    attention_dropout: 0,
    initializer_range: 0.02,
    tie_word_embeddings: c.tied,
    torch_dtype: "float32",
  };
}

/**
 * Our configuration from a parsed config.json.
 * @throws Error for another model type, a variant that Falcon does not have here (ALiBi and biases, as Falcon-RW), or a
 *   size that is missing
 */
export function fromHuggingFaceConfig(json: HuggingFaceConfig): Required<FalconConfig> {
  const { only, number, boolean } = configReader(json, "Falcon config.json");
  // Files of 2023 name the two sizes after the repositories' own code.
  only("model_type", "falcon", "RefinedWeb", "RefinedWebModel");
  only("alibi", false);
  only("bias", false);
  only("parallel_attn", true);
  only("activation", "gelu");
  const dim = number("hidden_size");
  const heads = number(["num_attention_heads", "n_head"]);
  const grouped = boolean("new_decoder_architecture", json.model_type === "RefinedWeb");
  // Without the new architecture, num_kv_heads is there but unused.
  const kvHeads = grouped ? number(["num_kv_heads", "n_head_kv"], heads) : boolean("multi_query", true) ? 1 : heads;
  return resolveConfig({
    vocabSize: number("vocab_size"),
    maxLength: number("max_position_embeddings", 2048),
    dim,
    heads,
    kvHeads,
    layers: number(["num_hidden_layers", "n_layer"]),
    hiddenDim: number("ffn_hidden_size", 4 * dim),
    norms: number("num_ln_in_parallel_attn", grouped ? 2 : 1) === 2 ? "separate" : "shared",
    ropeBase: number("rope_theta", 10000),
    normEps: number("layer_norm_epsilon", 1e-5),
    tied: boolean("tie_word_embeddings", true),
  });
}
