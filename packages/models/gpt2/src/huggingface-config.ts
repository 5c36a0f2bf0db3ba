// config.json of Hugging Face's GPT2LMHeadModel.

import { configReader, type HuggingFaceConfig } from "@llm/model-config";
import { type GPT2Config, resolveConfig } from "./config.js";

/** What Hugging Face needs to know to load the weights of `toHuggingFace`. */
export function toHuggingFaceConfig(config: GPT2Config): HuggingFaceConfig {
  const { vocabSize, maxLength, dim, heads, layers, hiddenDim, dropout, normEps } = resolveConfig(config);
  return {
    architectures: ["GPT2LMHeadModel"],
    model_type: "gpt2",
    vocab_size: vocabSize,
    n_positions: maxLength,
    n_ctx: maxLength,
    n_embd: dim,
    n_head: heads,
    n_layer: layers,
    n_inner: hiddenDim === 4 * dim ? null : hiddenDim,
    activation_function: "gelu_new",
    layer_norm_epsilon: normEps,
    resid_pdrop: dropout,
    embd_pdrop: dropout,
    attn_pdrop: dropout,
    initializer_range: 0.02,
    tie_word_embeddings: true,
    torch_dtype: "float32",
  };
}

/**
 * Our configuration from a parsed config.json. Their three dropout rates are one here: the residual's.
 * @throws Error for another model type, a variant that GPT2 does not have, or a size that is missing
 */
export function fromHuggingFaceConfig(json: HuggingFaceConfig): Required<GPT2Config> {
  const { only, number } = configReader(json, "GPT-2 config.json");
  only("model_type", "gpt2");
  only("activation_function", "gelu_new", "gelu_pytorch_tanh");
  only("tie_word_embeddings", true);
  only("scale_attn_weights", true);
  only("scale_attn_by_inverse_layer_idx", false);
  only("add_cross_attention", false);
  const dim = number("n_embd");
  return resolveConfig({
    vocabSize: number("vocab_size"),
    maxLength: number("n_positions"),
    dim,
    heads: number("n_head"),
    layers: number("n_layer"),
    hiddenDim: number("n_inner", 4 * dim),
    bias: true,
    dropout: number("resid_pdrop", 0.1),
    normEps: number("layer_norm_epsilon", 1e-5),
  });
}
