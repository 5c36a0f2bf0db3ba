// Attention and feed-forward side by side: both read the same stream and add to it.
//
//   y = x + dropout(attention(norm₁(x))) + dropout(feedForward(norm₂(x)))     norm₂ = norm₁ unless given
//
// The two matrix products of a kind can run as one, and sharded over devices they need one sum instead of two.
// Sources: Wang and Komatsuzaki, GPT-J, 2021; Chowdhery et al., "PaLM", arXiv:2204.02311 (one norm); Falcon-40B has two.
// Shapes: B batch, T time, D model dim.

import { dropout as drop } from "@llm/dropout";
import { Module } from "@llm/module";
import { registerGradients } from "@llm/ops";
import { add, type Tensor, tidy } from "@tensorflow/tfjs-core";
import type { BlockAttention, BlockPart } from "./module.js";

/** The parts of a block. The block takes them over: they become its children. */
export interface ParallelBlockConfig<O extends object = object> {
  inputLayernorm: BlockPart;
  /** A norm of the feed-forward's own. Default: it reads what attention reads. */
  mlpLayernorm?: BlockPart;
  selfAttn: BlockAttention<O>;
  mlp: BlockPart;
  /** Probability with which an element of either branch is dropped in training. Default 0. */
  dropout?: number;
}

/** Attention ∥ feed-forward, with the children input_layernorm, mlp_layernorm (if given), self_attn, mlp. */
export class ParallelBlock<O extends object = object> extends Module {
  inputLayernorm: BlockPart;
  mlpLayernorm?: BlockPart;
  selfAttn: BlockAttention<O>;
  mlp: BlockPart;
  readonly dropout: number;

  constructor({ inputLayernorm, mlpLayernorm, selfAttn, mlp, dropout = 0 }: ParallelBlockConfig<O>) {
    super();
    this.inputLayernorm = inputLayernorm;
    if (mlpLayernorm) this.mlpLayernorm = mlpLayernorm;
    this.selfAttn = selfAttn;
    this.mlp = mlp;
    this.dropout = dropout;
  }

  /** [B, T, D] → [B, T, D]; the options are handed to the attention. */
  forward(x_BTD: Tensor, options?: O): Tensor {
    const rate = this.training ? this.dropout : 0;
    registerGradients();
    return tidy(() => {
      const h_BTD = this.inputLayernorm.forward(x_BTD);
      const attended = drop(this.selfAttn.forward(h_BTD, options), rate);
      const fed = drop(this.mlp.forward(this.mlpLayernorm?.forward(x_BTD) ?? h_BTD), rate);
      return add(add(x_BTD, attended), fed);
    });
  }
}
