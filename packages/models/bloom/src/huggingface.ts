// The map between our parameters and those of Hugging Face's BloomForCausalLM.
//
//   query_key_value rows [heads, 3, headDim]: q, k and v of the first head, then of the second, …
//
// Source: https://huggingface.co/bigscience/bloom, model.safetensors; Megatron-DeepSpeed's layout.

import { groupedRows, type HuggingFaceMap, toHuggingFace as mapped, fromHuggingFace as unmapped } from "@llm/hf-map";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type BloomConfig, resolveConfig } from "./config.js";

function mapOf(config: BloomConfig): HuggingFaceMap {
  const { dim, heads } = resolveConfig(config);
  return {
    model: "BLOOM",
    modules: { embed_tokens: "word_embeddings", embed_norm: "word_embeddings_layernorm", norm: "ln_f" },
    stacks: [
      {
        ours: "layers",
        theirs: "h",
        modules: {
          input_layernorm: "input_layernorm",
          "self_attn.o_proj": "self_attention.dense",
          post_attention_layernorm: "post_attention_layernorm",
          "mlp.fc_in": "mlp.dense_h_to_4h",
          "mlp.fc_out": "mlp.dense_4h_to_h",
        },
        fused: [
          {
            ours: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
            theirs: "self_attention.query_key_value",
            layout: groupedRows({ heads, headDim: dim / heads }),
          },
        ],
      },
    ],
    prefix: "transformer.",
    ignored: /^lm_head\.weight$/,
  };
}

/**
 * Our state dictionary, or gradients under its names, as Hugging Face stores BLOOM.
 *
 * @param state by our paths; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that Bloom does not have, or a query, key or value projection without the others
 */
export function toHuggingFace(state: ReadonlyMap<string, Tensor>, config: BloomConfig): Map<string, Tensor> {
  return mapped(mapOf(config), state);
}

/**
 * A state dictionary of Hugging Face's BloomForCausalLM or BloomModel under our paths and in our layout.
 *
 * @param state by their names, with or without `transformer.`; the copy of the tied head is left out; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their BLOOM does not have, or rows that do not fit the configuration
 */
export function fromHuggingFace(state: ReadonlyMap<string, Tensor>, config: BloomConfig): Map<string, Tensor> {
  return unmapped(mapOf(config), state);
}
