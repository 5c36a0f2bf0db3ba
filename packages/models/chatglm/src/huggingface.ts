// The maps between our parameters and those of THUDM's ChatGLM, which are Hugging Face's since version 2.
//
//   ChatGLM-6B: query_key_value rows [heads, 3, headDim];   ChatGLM2: rows q | k | v,  dense_h_to_4h rows gate | up
//
// ChatGLM-6B's file holds a copy of the tied head. Source: modeling_chatglm.py and model.safetensors.index.json of
// https://huggingface.co/THUDM/chatglm-6b and chatglm2-6b.

import {
  concatenatedRows,
  groupedRows,
  type HuggingFaceMap,
  toHuggingFace as mapped,
  fromHuggingFace as unmapped,
} from "@llm/hf-map";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type ChatGLM2Config, resolveChatGLM2Config } from "./chatglm2-config.js";
import { type GLMConfig, resolveGLMConfig } from "./glm-config.js";

const QKV = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"];
const norms = { input_layernorm: "input_layernorm", post_attention_layernorm: "post_attention_layernorm" };

function glmMap(config: GLMConfig): HuggingFaceMap {
  const { dim, heads, feedForward, tied } = resolveGLMConfig(config);
  const plain = { "mlp.fc_in": "mlp.dense_h_to_4h", "mlp.fc_out": "mlp.dense_4h_to_h" };
  const gated = { "mlp.down_proj": "mlp.dense_4h_to_h" };
  return {
    model: "GLM",
    modules: {
      embed_tokens: "transformer.word_embeddings",
      norm: "transformer.final_layernorm",
      ...(!tied && { lm_head: "lm_head" }),
    },
    stacks: [
      {
        ours: "layers",
        theirs: "transformer.layers",
        modules: {
          ...norms,
          "self_attn.o_proj": "attention.dense",
          ...(feedForward === "gelu" ? plain : gated),
        },
        fused: [
          { ours: QKV, theirs: "attention.query_key_value", layout: groupedRows({ heads, headDim: dim / heads }) },
          ...(feedForward === "geglu" ? [gateAndUp] : []),
        ],
      },
    ],
    ignored: tied ? /^lm_head\.weight$|rotary_emb/ : /rotary_emb/,
  };
}

const gateAndUp = {
  ours: ["mlp.gate_proj", "mlp.up_proj"],
  theirs: "mlp.dense_h_to_4h",
  layout: concatenatedRows(2),
};

function chatglm2Map(config: ChatGLM2Config): HuggingFaceMap {
  const { heads, kvHeads, headDim, tied } = resolveChatGLM2Config(config);
  const rows = [heads, kvHeads, kvHeads].map((n) => n * headDim);
  return {
    model: "ChatGLM2",
    modules: {
      embed_tokens: "transformer.embedding.word_embeddings",
      norm: "transformer.encoder.final_layernorm",
      ...(!tied && { lm_head: "transformer.output_layer" }),
    },
    stacks: [
      {
        ours: "layers",
        theirs: "transformer.encoder.layers",
        modules: { ...norms, "self_attn.o_proj": "self_attention.dense", "mlp.down_proj": "mlp.dense_4h_to_h" },
        fused: [{ ours: QKV, theirs: "self_attention.query_key_value", layout: concatenatedRows(rows) }, gateAndUp],
      },
    ],
    ignored: /rotary_pos_emb/,
  };
}

/**
 * The state dictionary of a `GLM`, or gradients under its names, as ChatGLM-6B's files have it.
 *
 * @param state by our paths; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that GLM does not have, or a part of a fused layer without the others
 */
export function glmToHuggingFace(state: ReadonlyMap<string, Tensor>, config: GLMConfig): Map<string, Tensor> {
  return mapped(glmMap(config), state);
}

/**
 * ChatGLM-6B's tensors under the paths of `GLM`.
 *
 * @param state by their names; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that ChatGLM-6B does not have, or rows that do not fit the configuration
 */
export function glmFromHuggingFace(state: ReadonlyMap<string, Tensor>, config: GLMConfig): Map<string, Tensor> {
  return unmapped(glmMap(config), state);
}

/** The same as `glmToHuggingFace`, for a `ChatGLM2`. */
export function chatglm2ToHuggingFace(state: ReadonlyMap<string, Tensor>, config: ChatGLM2Config): Map<string, Tensor> {
  return mapped(chatglm2Map(config), state);
}

/** The same as `glmFromHuggingFace`, for a `ChatGLM2`. */
export function chatglm2FromHuggingFace(
  state: ReadonlyMap<string, Tensor>,
  config: ChatGLM2Config,
): Map<string, Tensor> {
  return unmapped(chatglm2Map(config), state);
}
