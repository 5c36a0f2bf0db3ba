// The parallel block as a module, whose parameters it names.

import { Module } from "@llm/module";
import type { Tensor } from "@tensorflow/tfjs-core";
import { parallelBlock } from "./parallel-block.js";

/** A module [B, T, D] → [B, T, D]: a norm or a feed-forward. */
export type ParallelBlockPart = Module & { forward(x: Tensor): Tensor };

/** A module [B, T, D] → [B, T, D] that takes options O: mask, cache and layer for `@llm/attention`'s. */
export type ParallelBlockAttention<O extends object> = Module & { forward(x: Tensor, options?: O): Tensor };

/** The parts of a block. The block takes them over: they become its children. */
export interface ParallelBlockConfig<O extends object = object> {
  inputLayernorm: ParallelBlockPart;
  selfAttn: ParallelBlockAttention<O>;
  /** The feed-forward's own norm, as in Falcon-40B. Default: it shares `inputLayernorm`. */
  mlpLayernorm?: ParallelBlockPart;
  mlp: ParallelBlockPart;
  /** Probability with which an element of either branch is dropped in training. Default 0. */
  dropout?: number;
}

/** `parallelBlock` of modules. Children: input_layernorm, self_attn, mlp_layernorm where there is one, mlp. */
export class ParallelBlock<O extends object = object> extends Module {
  inputLayernorm: ParallelBlockPart;
  selfAttn: ParallelBlockAttention<O>;
  mlpLayernorm?: ParallelBlockPart;
  mlp: ParallelBlockPart;
  readonly dropout: number;

  constructor({ inputLayernorm, selfAttn, mlpLayernorm, mlp, dropout = 0 }: ParallelBlockConfig<O>) {
    super();
    this.inputLayernorm = inputLayernorm;
    this.selfAttn = selfAttn;
    if (mlpLayernorm) this.mlpLayernorm = mlpLayernorm;
    this.mlp = mlp;
    this.dropout = dropout;
  }

  /** [B, T, D] → [B, T, D]; the options are handed to the attention. */
  forward(x_BTD: Tensor, options?: O): Tensor {
    const { mlpLayernorm } = this;
    return parallelBlock(x_BTD, {
      norm: (x) => this.inputLayernorm.forward(x),
      attention: (x) => this.selfAttn.forward(x, options),
      feedForwardNorm: mlpLayernorm && ((x) => mlpLayernorm.forward(x)),
      feedForward: (x) => this.mlp.forward(x),
      dropout: this.training ? this.dropout : 0,
    });
  }
}
