// The map between our parameters and those of Hugging Face's GPT2LMHeadModel, which are OpenAI's.
//
//   c_attn.weight [D, 3·D] = [Wqᵀ | Wkᵀ | Wvᵀ],  c_proj.weight, c_fc.weight: [in, out] where ours are [out, in]
//
// Their modules are "Conv1D", a linear layer that stores the transpose, with query, key and value in one.
// Their GPT-2 always has biases; a model without them gets zeros, which computes the same.
// Source: https://huggingface.co/openai-community/gpt2, model.safetensors.

import {
  concatenatedRows,
  type HuggingFaceMap,
  toHuggingFace as mapped,
  fromHuggingFace as unmapped,
} from "@llm/hf-map";
import { type Tensor, tidy, zeros } from "@tensorflow/tfjs-core";

const map: HuggingFaceMap = {
  model: "GPT-2",
  modules: { embed_tokens: "wte", embed_positions: "wpe", norm: "ln_f" },
  stacks: [
    {
      ours: "layers",
      theirs: "h",
      modules: {
        input_layernorm: "ln_1",
        "self_attn.o_proj": "attn.c_proj",
        post_attention_layernorm: "ln_2",
        "mlp.fc_in": "mlp.c_fc",
        "mlp.fc_out": "mlp.c_proj",
      },
      fused: [
        {
          ours: ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"],
          theirs: "attn.c_attn",
          layout: concatenatedRows(3),
        },
      ],
    },
  ],
  transposed: /\.c_(attn|proj|fc)$/,
  prefix: "transformer.",
  // Old files hold the causal masks; the head is the embedding once more.
  ignored: /^lm_head\.weight$|\.attn\.(masked_)?bias$/,
};

/**
 * Our state dictionary, or gradients under its names, as Hugging Face stores GPT-2.
 *
 * @param state by our paths; not disposed
 * @returns by theirs (`h.0.attn.c_attn.weight`); new tensors, the caller disposes them
 * @throws Error for a path that GPT2 does not have, or a query, key or value projection without the others
 */
export function toHuggingFace(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  const out = mapped(map, state);
  for (const [name, tensor] of [...out]) {
    const bias = name.replace(/weight$/, "bias");
    if (/^w[tp]e\./.test(name) || out.has(bias)) continue;
    out.set(
      bias,
      tidy(() => zeros([tensor.shape.at(-1) as number])),
    );
  }
  return out;
}

/**
 * A state dictionary of Hugging Face's GPT2LMHeadModel or GPT2Model under our paths and in our layout.
 *
 * @param state by their names, with or without `transformer.`; the causal masks that old files hold and the tied
 *   `lm_head.weight` are left out; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their GPT-2 does not have
 */
export function fromHuggingFace(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return unmapped(map, state);
}
