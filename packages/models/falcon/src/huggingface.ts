// The map between our parameters and those of Hugging Face's FalconForCausalLM.
//
//   query_key_value rows [kvHeads, heads/kvHeads + 2, headDim]: for each kv head its query heads, its key, its value
//
// With one kv head (7B) that is all queries, the key, the value. Source: https://huggingface.co/tiiuae/falcon-7b and
// falcon-40b, model.safetensors.

import { groupedRows, type HuggingFaceMap, toHuggingFace as mapped, fromHuggingFace as unmapped } from "@llm/hf-map";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type FalconConfig, resolveConfig } from "./config.js";

function mapOf(config: FalconConfig): HuggingFaceMap {
  const { heads, kvHeads, headDim, norms, tied } = resolveConfig(config);
  return {
    model: "Falcon",
    modules: {
      embed_tokens: "transformer.word_embeddings",
      norm: "transformer.ln_f",
      ...(!tied && { lm_head: "lm_head" }),
    },
    stacks: [
      {
        ours: "layers",
        theirs: "transformer.h",
        modules: {
          ...(norms === "shared"
            ? { input_layernorm: "input_layernorm" }
            : { input_layernorm: "ln_attn", mlp_layernorm: "ln_mlp" }),
          "self_attn.o_proj": "self_attention.dense",
          "mlp.fc_in": "mlp.dense_h_to_4h",
          "mlp.fc_out": "mlp.dense_4h_to_h",
        },
        fused: [
          {
            ours: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
            theirs: "self_attention.query_key_value",
            layout: groupedRows({ heads, kvHeads, headDim }),
          },
        ],
      },
    ],
    // The copy of the tied head that files hold.
    ...(tied && { ignored: /^lm_head\.weight$/ }),
  };
}

/**
 * Our state dictionary, or gradients under its names, as Hugging Face stores Falcon.
 *
 * @param state by our paths; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that Falcon does not have, or a query, key or value projection without the others
 */
export function toHuggingFace(state: ReadonlyMap<string, Tensor>, config: FalconConfig): Map<string, Tensor> {
  return mapped(mapOf(config), state);
}

/**
 * A state dictionary of Hugging Face's FalconForCausalLM under our paths and in our layout.
 *
 * @param state by their names; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their Falcon does not have, or rows that do not fit the configuration
 */
export function fromHuggingFace(state: ReadonlyMap<string, Tensor>, config: FalconConfig): Map<string, Tensor> {
  return unmapped(mapOf(config), state);
}
