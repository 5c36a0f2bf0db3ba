// BERT as llama.cpp stores it, architecture "bert": an encoder whose vectors it hands out, pooled or not.
//
// It knows no head that names hidden words, and refuses a file with a tensor that it does not know; the head's numbers go
// along as metadata, see gguf-head.ts. It takes all tokens for the first sentence, and computes GELU by its tanh formula.
// Source: src/models/bert.cpp and conversion/bert.py of github.com/ggml-org/llama.cpp.

import {
  architectureMetadata,
  bool,
  float32,
  type GGUFModel,
  type MetadataValue,
  readArchitecture,
  readMetadata,
  readTransformerSizes,
  transformerSizes,
  uint32,
} from "@llm/gguf";
import { type HuggingFaceMap, toHuggingFace as mapped, fromHuggingFace as unmapped } from "@llm/hf-map";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type BertConfig, resolveConfig } from "./config.js";

const TYPES = "tokenizer.ggml.token_type_count";

const map: HuggingFaceMap = {
  model: "BERT",
  modules: {
    "bert.embed_tokens": "token_embd",
    "bert.embed_positions": "position_embd",
    "bert.embed_types": "token_types",
    "bert.embed_norm": "token_embd_norm",
  },
  stacks: [
    {
      ours: "bert.layers",
      theirs: "blk",
      modules: {
        "self_attn.q_proj": "attn_q",
        "self_attn.k_proj": "attn_k",
        "self_attn.v_proj": "attn_v",
        "self_attn.o_proj": "attn_output",
        input_layernorm: "attn_output_norm",
        "mlp.fc_in": "ffn_up",
        "mlp.fc_out": "ffn_down",
        post_attention_layernorm: "layer_output_norm",
      },
    },
  ],
  // Heads of classifiers.
  ignored: /^cls\./,
};

/**
 * The encoder of a `BertForMaskedLM` as llama.cpp stores it. A layer may come alone. For a `Bert` alone, put `bert.`
 * before its paths.
 *
 * @param state by our paths; head and pooler are left out, llama.cpp has neither; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that BERT does not have
 */
export function toGGUF(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const encoder = [...state].filter(([path]) => !/^(head|bert\.pooler)\./.test(path));
  return mapped(map, new Map(encoder));
}

/**
 * Tensors of llama.cpp's file under the paths of a `BertForMaskedLM`; each may come alone. Heads of classifiers are left
 * out.
 *
 * @param state by their names; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their BERT does not have
 */
export function fromGGUF(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return unmapped(map, state);
}

/** How llama.cpp makes one vector of a text's. */
export type BertPooling = "none" | "mean" | "cls";

const poolings: Readonly<Record<BertPooling, number>> = { none: 0, mean: 1, cls: 2 };

/**
 * The sizes as llama.cpp reads them.
 *
 * @param options `pooling` (default "mean"): what it makes of a text's vectors: nothing, their mean, or the first token's
 */
export function toGGUFConfig(
  config: BertConfig,
  { pooling = "mean" }: { pooling?: BertPooling } = {},
): Map<string, MetadataValue> {
  if (!Object.hasOwn(poolings, pooling))
    throw new Error(`Bert: pooling must be "none", "mean" or "cls", got ${JSON.stringify(pooling)}`);
  const c = resolveConfig(config);
  const sizes = {
    ...transformerSizes(c),
    pooling_type: poolings[pooling],
  };
  const metadata = architectureMetadata("bert", sizes, {
    "attention.layer_norm_epsilon": float32(c.normEps),
    "attention.causal": bool(false),
  });
  return metadata.set(TYPES, uint32(c.types));
}

/**
 * Our configuration from a file.
 * @throws Error for another architecture, a model that sees one side only, or a size that is missing
 */
export function fromGGUFConfig({ metadata }: GGUFModel): Required<BertConfig> {
  const read = readArchitecture(metadata, "bert");
  if (read.boolean("attention.causal", false))
    throw new Error("BERT in GGUF: attention.causal is true, but every position of a BERT sees every other");
  return resolveConfig({
    ...readTransformerSizes(read),
    types: readMetadata(metadata).number(TYPES),
    normEps: read.decimal("attention.layer_norm_epsilon"),
  });
}
