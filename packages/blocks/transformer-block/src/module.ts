// The block as a module: `transformerBlock` of modules, whose parameters it names.

import { Module } from "@llm/module";
import { checkStyle, type ResidualStyle } from "@llm/residual";
import type { Tensor } from "@tensorflow/tfjs-core";
import { type Sublayer, transformerBlock } from "./transformer-block.js";

/** A module [B, T, D] → [B, T, D]: a norm or a feed-forward. */
export type BlockPart = Module & { forward(x: Tensor): Tensor };

/** A module [B, T, D] → [B, T, D] that takes options O: mask, cache and layer for `@llm/attention`'s. */
export type BlockAttention<O extends object> = Module & { forward(x: Tensor, options?: O): Tensor };

/**
 * The parts of a block. The block takes them over: they become its children. O is what self-attention may be told, C what
 * cross-attention may; a forward pass tells both.
 */
export interface TransformerBlockConfig<O extends object = object, C extends object = object> {
  /** The attention's norm: before it, or after it where the style is "post" or "deepnorm". */
  inputLayernorm: BlockPart;
  selfAttn: BlockAttention<O>;
  /** Attention to an encoder, with its norm. Default: none. */
  crossAttn?: BlockAttention<C>;
  crossAttnLayernorm?: BlockPart;
  /** The feed-forward's norm. */
  postAttentionLayernorm: BlockPart;
  mlp: BlockPart;
  /** Where the norms stand. Default "pre". */
  residual?: ResidualStyle;
  /** Scale of the residual, for "deepnorm" and "glm": `@llm/deepnorm` has it. */
  alpha?: number;
  /** Second norms, for "sandwich": of what attention, cross-attention and feed-forward add. */
  postSelfAttnLayernorm?: BlockPart;
  postCrossAttnLayernorm?: BlockPart;
  postMlpLayernorm?: BlockPart;
  /** Probability with which an element of what a layer adds is dropped in training. Default 0. */
  dropout?: number;
}

/**
 * `transformerBlock` of modules. Its children are named as in Hugging Face's Llama: input_layernorm, self_attn,
 * post_attention_layernorm, mlp; second norms as in its GLM-4: post_self_attn_layernorm, post_mlp_layernorm.
 */
export class TransformerBlock<O extends object = object, C extends object = object> extends Module {
  inputLayernorm: BlockPart;
  selfAttn: BlockAttention<O>;
  postSelfAttnLayernorm?: BlockPart;
  crossAttnLayernorm?: BlockPart;
  crossAttn?: BlockAttention<C>;
  postCrossAttnLayernorm?: BlockPart;
  postAttentionLayernorm: BlockPart;
  mlp: BlockPart;
  postMlpLayernorm?: BlockPart;
  readonly residual: ResidualStyle;
  readonly alpha: number | undefined;
  readonly dropout: number;

  /** @throws Error when the style lacks what it needs, or cross-attention its norm */
  constructor(config: TransformerBlockConfig<O, C>) {
    super();
    const { residual = "pre", alpha, crossAttn, crossAttnLayernorm, dropout = 0 } = config;
    const { postSelfAttnLayernorm, postCrossAttnLayernorm, postMlpLayernorm } = config;
    if (crossAttn && !crossAttnLayernorm) {
      throw new Error("TransformerBlock: crossAttn needs a norm of its own: crossAttnLayernorm");
    }
    const second = crossAttn ? [postSelfAttnLayernorm, postCrossAttnLayernorm] : [postSelfAttnLayernorm];
    checkStyle(residual, { outputNorm: [...second, postMlpLayernorm].every(Boolean), alpha });
    this.inputLayernorm = config.inputLayernorm;
    this.selfAttn = config.selfAttn;
    if (postSelfAttnLayernorm) this.postSelfAttnLayernorm = postSelfAttnLayernorm;
    if (crossAttnLayernorm) this.crossAttnLayernorm = crossAttnLayernorm;
    if (crossAttn) this.crossAttn = crossAttn;
    if (postCrossAttnLayernorm) this.postCrossAttnLayernorm = postCrossAttnLayernorm;
    this.postAttentionLayernorm = config.postAttentionLayernorm;
    this.mlp = config.mlp;
    if (postMlpLayernorm) this.postMlpLayernorm = postMlpLayernorm;
    this.residual = residual;
    this.alpha = alpha;
    this.dropout = dropout;
  }

  /** [B, T, D] → [B, T, D]; the options are handed to the attention. */
  forward(x_BTD: Tensor, options?: O & C): Tensor {
    const { residual, alpha, selfAttn, crossAttn, mlp } = this;
    const layers: (Sublayer | undefined)[] = [
      sublayer("attention", (x) => selfAttn.forward(x, options), this.inputLayernorm, this.postSelfAttnLayernorm),
      crossAttn &&
        sublayer(
          "crossAttention",
          (x) => crossAttn.forward(x, options),
          this.crossAttnLayernorm as BlockPart,
          this.postCrossAttnLayernorm,
        ),
      sublayer("feedForward", (x) => mlp.forward(x), this.postAttentionLayernorm, this.postMlpLayernorm),
    ];
    const there = layers.filter((each) => each !== undefined);
    return transformerBlock(x_BTD, there, { residual, alpha, dropout: this.training ? this.dropout : 0 });
  }
}

function sublayer(name: string, layer: (x: Tensor) => Tensor, norm: BlockPart, outputNorm?: BlockPart): Sublayer {
  return {
    name,
    layer,
    norm: (x) => norm.forward(x),
    outputNorm: outputNorm && ((x) => outputNorm.forward(x)),
  };
}
