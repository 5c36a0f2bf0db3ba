// T5 as llama.cpp stores it, architecture "t5": an encoder `enc`, a decoder `dec`, and the tables of relative biases with
// the first block of each.
//
// llama.cpp multiplies a tied head with the embedding as it is, without T5's 1/√D. So the head of a tied model is stored
// as well, scaled, and a mark says that it is no parameter of its own: llama.cpp's logits are ours, and what is read
// back is tied again.
// Source: src/models/t5.cpp, src/llama-graph.cpp and conversion/t5.py of github.com/ggml-org/llama.cpp.
// Letters: D model dim.

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
import { type HuggingFaceMap, toHuggingFace as mapped, fromHuggingFace as unmapped } from "@llm/hf-map";
import { mul, type Tensor, tidy } from "@tensorflow/tfjs-core";
import { resolveConfig, type T5Config } from "./config.js";

const HEAD = "output.weight";
const TIED = "tie_word_embeddings";
/** The longest distance with a bucket of its own; llama.cpp has no key for it. */
const DISTANCE = 128;

const projections = (ours: string, theirs: string): Record<string, string> =>
  Object.fromEntries([
    ...["q", "k", "v"].map((each) => [`${ours}.${each}_proj`, `${theirs}_${each}`]),
    [`${ours}.o_proj`, `${theirs}_o`],
  ]);

function mapOf(config: T5Config): HuggingFaceMap {
  const { tied, feedForward } = resolveConfig(config);
  const block = {
    input_layernorm: "attn_norm",
    ...projections("self_attn", "attn"),
    post_attention_layernorm: "ffn_norm",
    ...(feedForward === "relu"
      ? { "mlp.fc_in": "ffn_up", "mlp.fc_out": "ffn_down" }
      : { "mlp.gate_proj": "ffn_gate", "mlp.up_proj": "ffn_up", "mlp.down_proj": "ffn_down" }),
  };
  const cross = { cross_attn_layernorm: "cross_attn_norm", ...projections("cross_attn", "cross_attn") };
  return {
    model: "T5",
    modules: {
      embed_tokens: "token_embd",
      "encoder.position": "enc.blk.0.attn_rel_b",
      "encoder.norm": "enc.output_norm",
      "decoder.position": "dec.blk.0.attn_rel_b",
      "decoder.norm": "dec.output_norm",
      ...(!tied && { lm_head: "output" }),
    },
    stacks: [
      { ours: "encoder.layers", theirs: "enc.blk", modules: block },
      { ours: "decoder.layers", theirs: "dec.blk", modules: { ...block, ...cross } },
    ],
    // Nothing reads the second.
    ignored: tied ? /^output\.weight$|\.cross_attn_rel_b\./ : /\.cross_attn_rel_b\./,
  };
}

/**
 * Our state dictionary as llama.cpp stores it. A layer may come alone.
 *
 * @param state by our paths; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a path that T5 does not have
 */
export function toGGUF(state: ReadonlyMap<string, Tensor>, config: T5Config): Map<string, Tensor> {
  const out = mapped(mapOf(config), state);
  const { tied, dim } = resolveConfig(config);
  const embedding = state.get("embed_tokens.weight");
  if (tied && embedding)
    out.set(
      HEAD,
      tidy(() => mul(embedding, dim ** -0.5)),
    );
  return out;
}

/**
 * Tensors of llama.cpp's file under our paths; each may come alone.
 *
 * @param state by their names; not disposed
 * @returns new tensors, the caller disposes them
 * @throws Error for a name that their T5 does not have
 */
export function fromGGUF(state: ReadonlyMap<string, Tensor>, config: T5Config): Map<string, Tensor> {
  return unmapped(mapOf(config), state);
}

/**
 * The sizes as llama.cpp reads them.
 *
 * @param options `startId`: the token that a target begins with. Default 0, the padding
 * @throws Error for a `maxDistance` other than 128, which llama.cpp cannot be told of
 */
export function toGGUFConfig(config: T5Config, { startId = 0 }: { startId?: number } = {}): Map<string, MetadataValue> {
  const c = resolveConfig(config);
  if (c.maxDistance !== DISTANCE)
    throw new Error(
      `T5: llama.cpp computes buckets up to a distance of ${DISTANCE}, not ${c.maxDistance}, and GGUF has no name for another; ` +
        "store the model as Hugging Face does",
    );
  const sizes = {
    ...transformerSizes(c),
    decoder_block_count: c.decoderLayers,
    "attention.key_length": c.headDim,
    "attention.value_length": c.headDim,
    "attention.relative_buckets_count": c.buckets,
    decoder_start_token_id: startId,
  };
  return architectureMetadata("t5", sizes, {
    "attention.layer_norm_epsilon": float32(c.normEps),
    "attention.layer_norm_rms_epsilon": float32(c.normEps),
    ...(c.tied && { [TIED]: bool(true) }),
  });
}

/**
 * Our configuration from a file.
 * @throws Error for another architecture, or a size that is missing
 */
export function fromGGUFConfig({ metadata, tensors }: GGUFModel): Required<T5Config> {
  const read = readArchitecture(metadata, "t5");
  const sizes = readTransformerSizes(read);
  const headDim = read.number("attention.key_length");
  if (read.number("attention.value_length", headDim) !== headDim)
    throw new Error("T5 in GGUF: attention.value_length must be attention.key_length");
  return resolveConfig({
    ...sizes,
    decoderLayers: read.number("decoder_block_count", sizes.layers),
    headDim,
    feedForward: tensors.has("enc.blk.0.ffn_gate.weight") ? "gated-gelu" : "relu",
    buckets: read.number("attention.relative_buckets_count"),
    maxDistance: DISTANCE,
    normEps: read.decimal("attention.layer_norm_rms_epsilon"),
    tied: read.boolean(TIED, !tensors.has(HEAD)),
  });
}
