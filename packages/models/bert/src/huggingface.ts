// The map between our parameters and those of Hugging Face's BertModel and BertForMaskedLM.
// Source: https://huggingface.co/google-bert/bert-base-uncased, model.safetensors.

import { type HuggingFaceMap, toHuggingFace as mapped, fromHuggingFace as unmapped } from "@llm/hf-map";
import type { Tensor } from "@tensorflow/tfjs-core";

const map: HuggingFaceMap = {
  model: "BERT",
  modules: {
    "bert.embed_tokens": "bert.embeddings.word_embeddings",
    "bert.embed_positions": "bert.embeddings.position_embeddings",
    "bert.embed_types": "bert.embeddings.token_type_embeddings",
    "bert.embed_norm": "bert.embeddings.LayerNorm",
    "bert.pooler": "bert.pooler.dense",
    "head.dense": "cls.predictions.transform.dense",
    "head.norm": "cls.predictions.transform.LayerNorm",
    head: "cls.predictions",
  },
  stacks: [
    {
      ours: "bert.layers",
      theirs: "bert.encoder.layer",
      modules: {
        "self_attn.q_proj": "attention.self.query",
        "self_attn.k_proj": "attention.self.key",
        "self_attn.v_proj": "attention.self.value",
        "self_attn.o_proj": "attention.output.dense",
        input_layernorm: "attention.output.LayerNorm",
        "mlp.fc_in": "intermediate.dense",
        "mlp.fc_out": "output.dense",
        post_attention_layernorm: "output.LayerNorm",
      },
    },
  ],
  // The head is the embedding, its bias is there twice; positions are a row of numbers; the other head tells whether one
  // sentence follows another.
  ignored: /^cls\.predictions\.decoder\.|position_ids$|^cls\.seq_relationship\./,
};

/**
 * The state dictionary of a `BertForMaskedLM`, or gradients under its names, as Hugging Face stores it. For a `Bert`
 * alone, put `bert.` before its paths.
 *
 * @param state by our paths; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that BERT does not have
 */
export function toHuggingFace(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return mapped(map, state);
}

/**
 * A state dictionary of Hugging Face's BertForMaskedLM or BertForPreTraining under our paths and in our layout.
 *
 * @param state by their names; those of 2018 (`gamma`, `beta`) too; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their BERT does not have
 */
export function fromHuggingFace(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const renamed = Array.from(state, ([name, tensor]): [string, Tensor] => [
    name.replace(/LayerNorm\.gamma$/, "LayerNorm.weight").replace(/LayerNorm\.beta$/, "LayerNorm.bias"),
    tensor,
  ]);
  return unmapped(map, new Map(renamed));
}
