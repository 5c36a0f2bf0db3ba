// config.json of Hugging Face's GPT2LMHeadModel.

import { type GPT2Config, resolveConfig } from "./config.js";

/** A parsed config.json. */
export type HuggingFaceConfig = { [key: string]: unknown };

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
  const read = (key: string): unknown => (Object.hasOwn(json, key) ? json[key] : undefined);
  const only = (key: string, ...allowed: unknown[]): void => {
    const value = read(key);
    if (value === undefined || allowed.includes(value)) return;
    throw new Error(
      `GPT-2 config.json: ${key} is ${JSON.stringify(value)}, only ${JSON.stringify(allowed[0])} is known`,
    );
  };
  const number = (key: string, fallback?: number): number => {
    const value = read(key) ?? fallback;
    if (typeof value === "number") return value;
    throw new Error(`GPT-2 config.json: ${key} must be a number, got ${JSON.stringify(value)}`);
  };
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
