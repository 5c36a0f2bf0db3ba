// BLOOM as llama.cpp stores it, architecture "bloom": query, key and value one after the other, unlike Hugging Face.
// Source: src/models/bloom.cpp and convert_hf_to_gguf.py of github.com/ggml-org/llama.cpp.

import {
  architectureMetadata,
  float32,
  type GGUFModel,
  type MetadataValue,
  readArchitecture,
  readTransformerSizes,
  transformerSizes,
} from "@llm/gguf";
import {
  concatenatedRows,
  type HuggingFaceMap,
  toHuggingFace as mapped,
  fromHuggingFace as unmapped,
} from "@llm/hf-map";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type BloomConfig, resolveConfig } from "./config.js";

const map: HuggingFaceMap = {
  model: "BLOOM",
  modules: { embed_tokens: "token_embd", embed_norm: "token_embd_norm", norm: "output_norm" },
  stacks: [
    {
      ours: "layers",
      theirs: "blk",
      modules: {
        input_layernorm: "attn_norm",
        "self_attn.o_proj": "attn_output",
        post_attention_layernorm: "ffn_norm",
        "mlp.fc_in": "ffn_up",
        "mlp.fc_out": "ffn_down",
      },
      fused: [
        {
          ours: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
          theirs: "attn_qkv",
          layout: concatenatedRows(3),
        },
      ],
    },
  ],
  // The copy of the tied head that files hold.
  ignored: /^output\.weight$/,
};

/**
 * Our state dictionary as llama.cpp stores it. A layer may come alone.
 *
 * @param state by our paths; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that Bloom does not have, or a query, key or value projection without the others
 */
export function toGGUF(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return mapped(map, state);
}

/**
 * Tensors of llama.cpp's file under our paths and in our layout; each may come alone.
 *
 * @param state by their names; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their BLOOM does not have
 */
export function fromGGUF(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return unmapped(map, state);
}

/** The sizes as llama.cpp reads them. */
export function toGGUFConfig(config: BloomConfig): Map<string, MetadataValue> {
  const c = resolveConfig(config);
  const sizes = {
    ...transformerSizes(c),
    "attention.head_count_kv": c.heads,
  };
  return architectureMetadata("bloom", sizes, { "attention.layer_norm_epsilon": float32(c.normEps) });
}

/**
 * Our configuration from a file.
 * @throws Error for another architecture, or a size that is missing
 */
export function fromGGUFConfig({ metadata }: GGUFModel): Required<BloomConfig> {
  const read = readArchitecture(metadata, "bloom");
  return resolveConfig({
    ...readTransformerSizes(read, { hiddenTimes: 4 }),
    normEps: read.decimal("attention.layer_norm_epsilon"),
  });
}
