// config.json of THUDM/chatglm-6b, chatglm2-6b and chatglm3-6b, which all say "chatglm".

import { configReader, type HuggingFaceConfig } from "@llm/model-config";
import { type ChatGLM2Config, resolveChatGLM2Config } from "./chatglm2-config.js";
import { type GLMConfig, resolveGLMConfig } from "./glm-config.js";

/** Which of the two architectures a config.json describes. */
export type ChatGLMKind = "glm" | "chatglm2";

/** ChatGLM2 counts its vocabulary with padding; ChatGLM-6B does not know the word. */
export function chatglmKind(json: HuggingFaceConfig): ChatGLMKind {
  return Object.hasOwn(json, "padded_vocab_size") ? "chatglm2" : "glm";
}

/** The config.json of a `GLM`; variants that ChatGLM-6B does not have stand under `glm_…` keys. */
export function glmToHuggingFaceConfig(config: GLMConfig): HuggingFaceConfig {
  const c = resolveGLMConfig(config);
  return {
    architectures: ["ChatGLMModel"],
    model_type: "chatglm",
    vocab_size: c.vocabSize,
    max_sequence_length: c.maxLength,
    hidden_size: c.dim,
    inner_hidden_size: c.hiddenDim,
    num_layers: c.layers,
    num_attention_heads: c.heads,
    layernorm_epsilon: c.normEps,
    position_encoding_2d: c.positions === "2d",
    mask_token_id: c.tokens.mask,
    gmask_token_id: c.tokens.gmask,
    bos_token_id: c.tokens.start,
    eos_token_id: c.tokens.end,
    tie_word_embeddings: c.tied,
    ...(c.tokens.smask !== undefined && { glm_smask_token_id: c.tokens.smask }),
    ...(c.feedForward === "geglu" && { glm_feed_forward: "geglu" }),
    ...(c.ropeBase !== 10000 && { glm_rope_base: c.ropeBase }),
    torch_dtype: "float32",
  };
}

/**
 * The configuration of a `GLM` from a parsed config.json.
 * @throws Error for another model type, or a size that is missing
 */
export function glmFromHuggingFaceConfig(json: HuggingFaceConfig): Required<GLMConfig> {
  const { only, number, boolean, text } = configReader(json, "ChatGLM config.json");
  only("model_type", "chatglm");
  const dim = number("hidden_size");
  return resolveGLMConfig({
    vocabSize: number("vocab_size"),
    maxLength: number("max_sequence_length", 2048),
    dim,
    hiddenDim: number("inner_hidden_size", 4 * dim),
    layers: number("num_layers"),
    heads: number("num_attention_heads"),
    normEps: number("layernorm_epsilon", 1e-5),
    positions: boolean("position_encoding_2d", true) ? "2d" : "1d",
    feedForward: text("glm_feed_forward", "gelu") as "gelu" | "geglu",
    ropeBase: number("glm_rope_base", 10000),
    tied: boolean("tie_word_embeddings", true),
    tokens: {
      mask: number("mask_token_id", 130000),
      gmask: number("gmask_token_id", 130001),
      ...(json.glm_smask_token_id !== undefined && { smask: number("glm_smask_token_id") }),
      start: number("bos_token_id", 130004),
      end: number("eos_token_id", 130005),
    },
  });
}

/** The config.json of a `ChatGLM2`. */
export function chatglm2ToHuggingFaceConfig(config: ChatGLM2Config): HuggingFaceConfig {
  const c = resolveChatGLM2Config(config);
  return {
    architectures: ["ChatGLMModel"],
    model_type: "chatglm",
    padded_vocab_size: c.vocabSize,
    seq_length: c.maxLength,
    hidden_size: c.dim,
    ffn_hidden_size: c.hiddenDim,
    kv_channels: c.headDim,
    num_layers: c.layers,
    num_attention_heads: c.heads,
    multi_query_attention: true,
    multi_query_group_num: c.kvHeads,
    layernorm_epsilon: c.normEps,
    rmsnorm: true,
    add_bias_linear: false,
    add_qkv_bias: true,
    post_layer_norm: true,
    apply_residual_connection_post_layernorm: false,
    apply_query_key_layer_scaling: true,
    attention_softmax_in_fp32: true,
    original_rope: true,
    rope_ratio: c.ropeBase / 10000,
    hidden_dropout: 0,
    attention_dropout: 0,
    tie_word_embeddings: c.tied,
    torch_dtype: "float32",
  };
}

/**
 * The configuration of a `ChatGLM2` from a parsed config.json.
 * @throws Error for another model type, a variant that ChatGLM2 does not have, or a size that is missing
 */
export function chatglm2FromHuggingFaceConfig(json: HuggingFaceConfig): Required<ChatGLM2Config> {
  const { only, number, boolean } = configReader(json, "ChatGLM2 config.json");
  only("model_type", "chatglm");
  only("rmsnorm", true);
  only("add_bias_linear", false);
  only("add_qkv_bias", true);
  only("post_layer_norm", true);
  only("apply_residual_connection_post_layernorm", false);
  only("original_rope", true);
  only("pre_seq_len", null);
  const [dim, heads] = [number("hidden_size"), number("num_attention_heads")];
  return resolveChatGLM2Config({
    vocabSize: number("padded_vocab_size"),
    maxLength: number("seq_length"),
    dim,
    heads,
    kvHeads: boolean("multi_query_attention", false) ? number("multi_query_group_num") : heads,
    headDim: number("kv_channels", dim / heads),
    hiddenDim: number("ffn_hidden_size"),
    layers: number("num_layers"),
    ropeBase: 10000 * number("rope_ratio", 1),
    normEps: number("layernorm_epsilon", 1e-5),
    tied: boolean("tie_word_embeddings", false),
  });
}
