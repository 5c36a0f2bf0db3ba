// ChatGLM2 and 3 as llama.cpp stores them, architecture "chatglm": query, key and value one after the other, gate and
// up likewise. llama.cpp does not know ChatGLM-6B.
// Source: src/models/chatglm.cpp and convert_hf_to_gguf.py of github.com/ggml-org/llama.cpp.

import {
  architectureMetadata,
  bool,
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
import { type ChatGLM2Config, resolveChatGLM2Config } from "./chatglm2-config.js";

function mapOf(config: ChatGLM2Config): HuggingFaceMap {
  const { heads, kvHeads, headDim, tied } = resolveChatGLM2Config(config);
  return {
    model: "ChatGLM2",
    modules: { embed_tokens: "token_embd", norm: "output_norm", ...(!tied && { lm_head: "output" }) },
    stacks: [
      {
        ours: "layers",
        theirs: "blk",
        modules: {
          input_layernorm: "attn_norm",
          "self_attn.o_proj": "attn_output",
          post_attention_layernorm: "ffn_norm",
          "mlp.down_proj": "ffn_down",
        },
        fused: [
          {
            ours: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
            theirs: "attn_qkv",
            layout: concatenatedRows([heads, kvHeads, kvHeads].map((n) => n * headDim)),
          },
          { ours: ["mlp.gate_proj", "mlp.up_proj"], theirs: "ffn_up", layout: concatenatedRows(2) },
        ],
      },
    ],
    ignored: /^rope_freqs\.weight$/,
  };
}

/**
 * The state dictionary of a `ChatGLM2` as llama.cpp stores it. A layer may come alone.
 *
 * @param state by our paths; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that ChatGLM2 does not have, or a part of a fused projection without the others
 */
export function chatglm2ToGGUF(state: ReadonlyMap<string, Tensor>, config: ChatGLM2Config): Map<string, Tensor> {
  return mapped(mapOf(config), state);
}

/**
 * Tensors of llama.cpp's file under the paths of a `ChatGLM2`; each may come alone.
 *
 * @param state by their names; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their ChatGLM does not have, or rows that do not fit the configuration
 */
export function chatglm2FromGGUF(state: ReadonlyMap<string, Tensor>, config: ChatGLM2Config): Map<string, Tensor> {
  return unmapped(mapOf(config), state);
}

/** The sizes as llama.cpp reads them. @throws Error when heads are not dim / heads wide, which it takes for granted */
export function chatglm2ToGGUFConfig(config: ChatGLM2Config): Map<string, MetadataValue> {
  const c = resolveChatGLM2Config(config);
  if (c.headDim * c.heads !== c.dim)
    throw new Error(`ChatGLM2: GGUF needs heads of ${c.dim / c.heads}, dim / heads, but headDim is ${c.headDim}`);
  const sizes = {
    ...transformerSizes(c),
    "attention.head_count_kv": c.kvHeads,
    "rope.dimension_count": c.headDim / 2,
  };
  const metadata = architectureMetadata("chatglm", sizes, {
    "attention.layer_norm_rms_epsilon": float32(c.normEps),
    "rope.freq_base": float32(c.ropeBase),
  });
  return metadata.set("tokenizer.ggml.add_bos_token", bool(false));
}

/**
 * The configuration of a `ChatGLM2` from a file.
 * @throws Error for another architecture, a head that is not half rotated, or a size that is missing
 */
export function chatglm2FromGGUFConfig({ metadata, tensors }: GGUFModel): Required<ChatGLM2Config> {
  const read = readArchitecture(metadata, "chatglm");
  const sizes = readTransformerSizes(read);
  if (read.number("rope.dimension_count") !== sizes.dim / sizes.heads / 2)
    throw new Error("ChatGLM in GGUF: rope.dimension_count must be half the size of a head");
  return resolveChatGLM2Config({
    ...sizes,
    kvHeads: read.number("attention.head_count_kv"),
    ropeBase: read.decimal("rope.freq_base", 10000),
    normEps: read.decimal("attention.layer_norm_rms_epsilon"),
    tied: !tensors.has("output.weight"),
  });
}
