// The block as a module: `preNormBlock` of four modules, whose parameters it names.

import { Module } from "@llm/module";
import type { Tensor } from "@tensorflow/tfjs-core";
import { preNormBlock } from "./transformer-block.js";

/** A module [B, T, D] → [B, T, D]: a norm or a feed-forward. */
export type BlockPart = Module & { forward(x: Tensor): Tensor };

/** A module [B, T, D] → [B, T, D] that takes options O: mask, cache and layer for `@llm/attention`'s. */
export type BlockAttention<O extends object> = Module & { forward(x: Tensor, options?: O): Tensor };

/** The parts of a block. The block takes them over: they become its children. */
export interface TransformerBlockConfig<O extends object = object> {
  inputLayernorm: BlockPart;
  selfAttn: BlockAttention<O>;
  postAttentionLayernorm: BlockPart;
  mlp: BlockPart;
  /** Probability with which an element of either branch is dropped in training. Default 0. */
  dropout?: number;
}

/**
 * `preNormBlock` of modules. Its children are named as in Hugging Face's Llama: input_layernorm, self_attn,
 * post_attention_layernorm, mlp.
 */
export class TransformerBlock<O extends object = object> extends Module {
  inputLayernorm: BlockPart;
  selfAttn: BlockAttention<O>;
  postAttentionLayernorm: BlockPart;
  mlp: BlockPart;
  readonly dropout: number;

  constructor({ inputLayernorm, selfAttn, postAttentionLayernorm, mlp, dropout = 0 }: TransformerBlockConfig<O>) {
    super();
    this.inputLayernorm = inputLayernorm;
    this.selfAttn = selfAttn;
    this.postAttentionLayernorm = postAttentionLayernorm;
    this.mlp = mlp;
    this.dropout = dropout;
  }

  /** [B, T, D] → [B, T, D]; the options are handed to the attention. */
  forward(x_BTD: Tensor, options?: O): Tensor {
    return preNormBlock(x_BTD, {
      norm1: (x) => this.inputLayernorm.forward(x),
      attention: (x) => this.selfAttn.forward(x, options),
      norm2: (x) => this.postAttentionLayernorm.forward(x),
      feedForward: (x) => this.mlp.forward(x),
      dropout: this.training ? this.dropout : 0,
    });
  }
}
