// Falcon as llama.cpp stores it, architecture "falcon": query, key and value one after the other, unlike Hugging Face.
//
// With two norms, its attn_norm is the feed-forward's and attn_norm_2 the attention's. llama.cpp computes GELU by its
// tanh form where Falcon was trained with the exact one; they differ by at most 4.74e-4.
// Source: src/models/falcon.cpp and convert_hf_to_gguf.py of github.com/ggml-org/llama.cpp.

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
import { type FalconConfig, resolveConfig } from "./config.js";

function mapOf(config: FalconConfig): HuggingFaceMap {
  const { heads, kvHeads, headDim, norms, tied } = resolveConfig(config);
  return {
    model: "Falcon",
    modules: { embed_tokens: "token_embd", norm: "output_norm", ...(!tied && { lm_head: "output" }) },
    stacks: [
      {
        ours: "layers",
        theirs: "blk",
        modules: {
          ...(norms === "shared"
            ? { input_layernorm: "attn_norm" }
            : { input_layernorm: "attn_norm_2", mlp_layernorm: "attn_norm" }),
          "self_attn.o_proj": "attn_output",
          "mlp.fc_in": "ffn_up",
          "mlp.fc_out": "ffn_down",
        },
        fused: [
          {
            ours: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
            theirs: "attn_qkv",
            layout: concatenatedRows([heads * headDim, kvHeads * headDim, kvHeads * headDim]),
          },
        ],
      },
    ],
  };
}

/**
 * Our state dictionary as llama.cpp stores it. A layer may come alone.
 *
 * @param state by our paths; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that Falcon does not have, or a query, key or value projection without the others
 */
export function toGGUF(state: ReadonlyMap<string, Tensor>, config: FalconConfig): Map<string, Tensor> {
  return mapped(mapOf(config), state);
}

/**
 * Tensors of llama.cpp's file under our paths and in our layout; each may come alone.
 *
 * @param state by their names; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their Falcon does not have, or rows that do not fit the configuration
 */
export function fromGGUF(state: ReadonlyMap<string, Tensor>, config: FalconConfig): Map<string, Tensor> {
  return unmapped(mapOf(config), state);
}

/** The sizes as llama.cpp reads them. @throws Error when heads are not dim / heads wide, which it takes for granted */
export function toGGUFConfig(config: FalconConfig): Map<string, MetadataValue> {
  const c = resolveConfig(config);
  if (c.headDim * c.heads !== c.dim)
    throw new Error(`Falcon: GGUF needs heads of ${c.dim / c.heads}, dim / heads, but headDim is ${c.headDim}`);
  const sizes = {
    ...transformerSizes(c),
    "attention.head_count_kv": c.kvHeads,
  };
  return architectureMetadata("falcon", sizes, {
    "attention.layer_norm_epsilon": float32(c.normEps),
    "rope.freq_base": float32(c.ropeBase),
  });
}

/**
 * Our configuration from a file.
 * @throws Error for another architecture, or a size that is missing
 */
export function fromGGUFConfig({ metadata, tensors }: GGUFModel): Required<FalconConfig> {
  const read = readArchitecture(metadata, "falcon");
  return resolveConfig({
    ...readTransformerSizes(read, { hiddenTimes: 4 }),
    kvHeads: read.number("attention.head_count_kv", 1),
    norms: tensors.has("blk.0.attn_norm_2.weight") ? "separate" : "shared",
    ropeBase: read.decimal("rope.freq_base", 10000),
    normEps: read.decimal("attention.layer_norm_epsilon"),
    tied: !tensors.has("output.weight"),
  });
}
