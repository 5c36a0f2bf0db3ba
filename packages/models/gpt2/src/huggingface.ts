// The map between our parameters and those of Hugging Face's GPT2LMHeadModel, which are OpenAI's.
//
//   c_attn.weight [D, 3·D] = [Wqᵀ | Wkᵀ | Wvᵀ],  c_proj.weight, c_fc.weight: [in, out] where ours are [out, in]
//
// Their modules are "Conv1D", a linear layer that stores the transpose, with query, key and value in one.
// Their GPT-2 always has biases; a model without them gets zeros, which computes the same.
// Source: https://huggingface.co/openai-community/gpt2, model.safetensors.

import { clone, concat, split, type Tensor, tidy, transpose, zeros } from "@tensorflow/tfjs-core";

/** Ours → theirs; inside a layer, relative to `layers.i` and `h.i`. */
const OUTSIDE: Readonly<Record<string, string>> = { embed_tokens: "wte", embed_positions: "wpe", norm: "ln_f" };
const INSIDE: Readonly<Record<string, string>> = {
  input_layernorm: "ln_1",
  "self_attn.o_proj": "attn.c_proj",
  post_attention_layernorm: "ln_2",
  "mlp.fc_in": "mlp.c_fc",
  "mlp.fc_out": "mlp.c_proj",
};
const FUSED = ["self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"];

const PATH = /^(?:(?:layers|h)\.(\d+)\.)?(.+)\.(weight|bias)$/;

/**
 * Our state dictionary, or gradients under its names, as Hugging Face stores GPT-2.
 *
 * @param state by our paths; not disposed
 * @returns by theirs (`h.0.attn.c_attn.weight`); new tensors, the caller disposes them
 * @throws Error for a path that GPT2 does not have, or a query, key or value projection without the others
 */
export function toHuggingFace(state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return converted((out) => {
    for (const [path, tensor] of state) {
      const { layer, module, kind } = parse(path);
      const prefix = layer === undefined ? "" : `h.${layer}.`;
      const part = layer === undefined ? -1 : FUSED.indexOf(module);
      if (part === 0) out.set(`${prefix}attn.c_attn.${kind}`, fuse(state, `layers.${layer}`, kind));
      if (part >= 0) continue;
      const theirs = own(layer === undefined ? OUTSIDE : INSIDE, module, path);
      out.set(`${prefix}${theirs}.${kind}`, transposes(theirs, kind) ? turned(tensor) : clone(tensor));
    }
    for (const [name, tensor] of [...out]) {
      const bias = name.replace(/weight$/, "bias");
      if (/^w[tp]e\./.test(name) || out.has(bias)) continue;
      out.set(
        bias,
        tidy(() => zeros([tensor.shape.at(-1) as number])),
      );
    }
  });
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
  return converted((out) => {
    for (const [name, tensor] of state) {
      if (name === "lm_head.weight" || /\.attn\.(masked_)?bias$/.test(name)) continue;
      const { layer, module, kind } = parse(name.replace(/^transformer\./, ""));
      const prefix = layer === undefined ? "" : `layers.${layer}.`;
      if (layer !== undefined && module === "attn.c_attn") {
        unfuse(tensor, kind).forEach((third, i) => {
          out.set(`${prefix}${FUSED[i]}.${kind}`, third);
        });
        continue;
      }
      const ours = own(layer === undefined ? REVERSE_OUTSIDE : REVERSE_INSIDE, module, name);
      out.set(`${prefix}${ours}.${kind}`, transposes(module, kind) ? turned(tensor) : clone(tensor));
    }
  });
}

const reverse = (map: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(map).map(([ours, theirs]) => [theirs, ours]));
const REVERSE_OUTSIDE = reverse(OUTSIDE);
const REVERSE_INSIDE = reverse(INSIDE);

/** Collects new tensors; frees them when `fill` throws. */
function converted(fill: (out: Map<string, Tensor>) => void): Map<string, Tensor> {
  const out = new Map<string, Tensor>();
  try {
    fill(out);
    return out;
  } catch (error) {
    for (const tensor of out.values()) tensor.dispose();
    throw error;
  }
}

function parse(path: string): { layer: string | undefined; module: string; kind: string } {
  const [, layer, module, kind] = PATH.exec(path) ?? [];
  if (!module || !kind) throw new Error(`GPT-2 parameters end in .weight or .bias, got "${path}"`);
  return { layer, module, kind };
}

function own(map: Readonly<Record<string, string>>, module: string, path: string): string {
  const name = Object.hasOwn(map, module) ? map[module] : undefined;
  if (name === undefined) throw new Error(`GPT-2 has no parameter "${path}"`);
  return name;
}

const transposes = (theirs: string, kind: string): boolean => kind === "weight" && /\.c_(proj|fc)$/.test(theirs);

const turned = (matrix: Tensor): Tensor => tidy(() => transpose(matrix));

function fuse(state: ReadonlyMap<string, Tensor>, prefix: string, kind: string): Tensor {
  const parts = FUSED.map((name) => {
    const part = state.get(`${prefix}.${name}.${kind}`);
    if (!part) throw new Error(`GPT-2 stores q, k and v together, but ${prefix}.${name}.${kind} is missing`);
    return part;
  });
  return tidy(() => (kind === "bias" ? concat(parts) : transpose(concat(parts))));
}

function unfuse(tensor: Tensor, kind: string): Tensor[] {
  return tidy(() => split(kind === "bias" ? tensor : transpose(tensor), 3));
}
