// The map between our parameters and those of Hugging Face's T5ForConditionalGeneration.
// Source: https://huggingface.co/google-t5/t5-small, model.safetensors.

import { type HuggingFaceMap, toHuggingFace as mapped, fromHuggingFace as unmapped } from "@llm/hf-map";
import type { Tensor } from "@tensorflow/tfjs-core";
import { resolveConfig, type T5Config } from "./config.js";

const projections = (ours: string, theirs: string): Record<string, string> =>
  Object.fromEntries(["q", "k", "v", "o"].map((each) => [`${ours}.${each}_proj`, `${theirs}.${each}`]));

const feedForward = (kind: "relu" | "gated-gelu", layer: string): Record<string, string> => {
  const theirs = `${layer}.DenseReluDense`;
  if (kind === "relu") return { "mlp.fc_in": `${theirs}.wi`, "mlp.fc_out": `${theirs}.wo` };
  return { "mlp.gate_proj": `${theirs}.wi_0`, "mlp.up_proj": `${theirs}.wi_1`, "mlp.down_proj": `${theirs}.wo` };
};

function mapOf(config: T5Config): HuggingFaceMap {
  const { tied, feedForward: kind } = resolveConfig(config);
  const table = "block.0.layer.0.SelfAttention.relative_attention_bias";
  return {
    model: "T5",
    modules: {
      embed_tokens: "shared",
      "encoder.position": `encoder.${table}`,
      "encoder.norm": "encoder.final_layer_norm",
      "decoder.position": `decoder.${table}`,
      "decoder.norm": "decoder.final_layer_norm",
      ...(!tied && { lm_head: "lm_head" }),
    },
    stacks: [
      {
        ours: "encoder.layers",
        theirs: "encoder.block",
        modules: {
          input_layernorm: "layer.0.layer_norm",
          ...projections("self_attn", "layer.0.SelfAttention"),
          post_attention_layernorm: "layer.1.layer_norm",
          ...feedForward(kind, "layer.1"),
        },
      },
      {
        ours: "decoder.layers",
        theirs: "decoder.block",
        modules: {
          input_layernorm: "layer.0.layer_norm",
          ...projections("self_attn", "layer.0.SelfAttention"),
          cross_attn_layernorm: "layer.1.layer_norm",
          ...projections("cross_attn", "layer.1.EncDecAttention"),
          post_attention_layernorm: "layer.2.layer_norm",
          ...feedForward(kind, "layer.2"),
        },
      },
    ],
    // Copies of the shared embedding; old files hold a table in the cross-attention that nothing reads.
    ignored: tied
      ? /^(encoder|decoder)\.embed_tokens\.|^lm_head\.|EncDecAttention\.relative_attention_bias/
      : /^(encoder|decoder)\.embed_tokens\.|EncDecAttention\.relative_attention_bias/,
  };
}

/**
 * Our state dictionary, or gradients under its names, as Hugging Face stores T5.
 *
 * @param state by our paths; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that T5 does not have
 */
export function toHuggingFace(state: ReadonlyMap<string, Tensor>, config: T5Config): Map<string, Tensor> {
  return mapped(mapOf(config), state);
}

/**
 * A state dictionary of Hugging Face's T5ForConditionalGeneration under our paths.
 *
 * @param state by their names; the copies of the shared embedding are left out; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their T5 does not have
 */
export function fromHuggingFace(state: ReadonlyMap<string, Tensor>, config: T5Config): Map<string, Tensor> {
  return unmapped(mapOf(config), state);
}
