// GPT-2 as llama.cpp stores it, architecture "gpt2": query, key and value in one, weights [out, in] as ours.
//
// There GPT-2 always has biases; a model without them gets zeros, which computes the same.
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
  concatenatedRows,
  type HuggingFaceMap,
  toHuggingFace as mapped,
  fromHuggingFace as unmapped,
} from "@llm/hf-map";
import { type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import { type GPT2Config, resolveConfig } from "./config.js";

const map: HuggingFaceMap = {
  model: "GPT-2",
  modules: { embed_tokens: "token_embd", embed_positions: "position_embd", norm: "output_norm" },
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
  // The head is the embedding once more.
  ignored: /^output\.weight$/,
};

/**
 * Our state dictionary as llama.cpp stores it. A layer may come alone.
 *
 * @param state by our paths; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that GPT2 does not have, or a query, key or value projection without the others
 */
export function toGGUF(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const out = mapped(map, state);
  for (const [name, tensor] of [...out]) {
    const bias = name.replace(/weight$/, "bias");
    if (name.includes("_embd.") || out.has(bias)) continue;
    out.set(
      bias,
      tidy(() => zeros([tensor.shape[0] as number])),
    );
  }
  return out;
}

/**
 * Tensors of llama.cpp's file under our paths and in our layout; each may come alone.
 *
 * @param state by their names; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their GPT-2 does not have
 */
export function fromGGUF(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return unmapped(map, state);
}

/** The sizes as llama.cpp reads them. */
export function toGGUFConfig(config: GPT2Config): Map<string, MetadataValue> {
  const c = resolveConfig(config);
  return architectureMetadata("gpt2", transformerSizes(c), { "attention.layer_norm_epsilon": float32(c.normEps) });
}

/**
 * Our configuration from a file.
 * @throws Error for another architecture, or a size that is missing
 */
export function fromGGUFConfig({ metadata }: GGUFModel): Required<GPT2Config> {
  const read = readArchitecture(metadata, "gpt2");
  return resolveConfig({
    ...readTransformerSizes(read, { hiddenTimes: 4 }),
    normEps: read.decimal("attention.layer_norm_epsilon"),
  });
}
