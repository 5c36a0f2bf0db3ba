// LLaMA as llama.cpp stores it, architecture "llama".
//
// Rows of queries and keys are in Meta's order, features that rotate together side by side. How rotations are scaled
// stands in gguf-rope.ts.
// Source: src/llama-arch.cpp and convert_hf_to_gguf.py of github.com/ggml-org/llama.cpp.

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
  type HuggingFaceMap,
  interleavedRows,
  toHuggingFace as mapped,
  fromHuggingFace as unmapped,
} from "@llm/hf-map";
import { type Tensor, tensor1d, tidy } from "@tensorflow/tfjs-core";
import { type LlamaConfig, type ResolvedLlamaConfig, resolveConfig } from "./config.js";
import { ROPE_FACTORS, readRopeScaling, ropeFactors, ropeScalingMetadata } from "./gguf-rope.js";

function mapOf(config: LlamaConfig): HuggingFaceMap {
  const { heads, kvHeads, tied } = resolveConfig(config);
  return {
    model: "LLaMA",
    modules: {
      "model.embed_tokens": "token_embd",
      "model.norm": "output_norm",
      ...(!tied && { lm_head: "output" }),
    },
    stacks: [
      {
        ours: "model.layers",
        theirs: "blk",
        modules: {
          input_layernorm: "attn_norm",
          "self_attn.v_proj": "attn_v",
          "self_attn.o_proj": "attn_output",
          post_attention_layernorm: "ffn_norm",
          "mlp.gate_proj": "ffn_gate",
          "mlp.up_proj": "ffn_up",
          "mlp.down_proj": "ffn_down",
        },
        fused: [
          { ours: ["self_attn.q_proj"], theirs: "attn_q", layout: interleavedRows(heads) },
          { ours: ["self_attn.k_proj"], theirs: "attn_k", layout: interleavedRows(kvHeads) },
        ],
      },
    ],
    ignored: /^rope_freqs\.weight$/,
  };
}

/**
 * Our state dictionary as llama.cpp stores it. A layer may come alone.
 *
 * @param state by our paths; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that Llama does not have
 */
export function toGGUF(state: ReadonlyMap<string, Tensor>, config: LlamaConfig): Map<string, Tensor> {
  const out = mapped(mapOf(config), state);
  const { ropeScaling } = config;
  if (ropeScaling?.kind === "llama3" && state.has("model.embed_tokens.weight")) {
    out.set(
      ROPE_FACTORS,
      tidy(() => tensor1d(ropeFactors(resolveConfig(config), ropeScaling))),
    );
  }
  return out;
}

/**
 * Tensors of llama.cpp's file under our paths and in our layout; each may come alone.
 *
 * @param state by their names; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their LLaMA does not have
 */
export function fromGGUF(state: ReadonlyMap<string, Tensor>, config: LlamaConfig): Map<string, Tensor> {
  return unmapped(mapOf(config), state);
}

/**
 * The sizes as llama.cpp reads them.
 * @throws Error for a scaling of rotations that llama.cpp cannot be told of
 */
export function toGGUFConfig(config: LlamaConfig): Map<string, MetadataValue> {
  const c = resolveConfig(config);
  const sizes = {
    ...transformerSizes(c),
    "attention.head_count_kv": c.kvHeads,
    "attention.key_length": c.headDim,
    "attention.value_length": c.headDim,
    "rope.dimension_count": c.headDim,
  };
  return architectureMetadata("llama", sizes, {
    "attention.layer_norm_rms_epsilon": float32(c.normEps),
    "rope.freq_base": float32(c.ropeBase),
    ...ropeScalingMetadata(c.ropeScaling),
  });
}

/**
 * Our configuration from a file.
 *
 * @param factors values of the file's rope_freqs.weight, if it has that tensor
 * @throws Error for another architecture, a variant that Llama does not have, or a size that is missing
 */
export function fromGGUFConfig({ metadata, tensors }: GGUFModel, factors?: Float32Array): ResolvedLlamaConfig {
  const read = readArchitecture(metadata, "llama");
  if (read.number("expert_count", 0) > 0) throw new Error("LLaMA in GGUF: mixtures of experts are not known");
  const common = readTransformerSizes(read);
  const headDim = read.number("attention.key_length", common.dim / common.heads);
  const sizes = {
    ...common,
    headDim,
    kvHeads: read.number("attention.head_count_kv", common.heads),
    ropeBase: read.decimal("rope.freq_base", 10000),
    normEps: read.decimal("attention.layer_norm_rms_epsilon"),
    tied: !tensors.has("output.weight"),
  };
  if (read.number("rope.dimension_count", headDim) !== headDim)
    throw new Error("LLaMA in GGUF: rope.dimension_count must be the size of a head");
  const ropeScaling = readRopeScaling(read, sizes, tensors.has(ROPE_FACTORS) && (factors ?? true));
  return resolveConfig({ ...sizes, ...(ropeScaling && { ropeScaling }) });
}
