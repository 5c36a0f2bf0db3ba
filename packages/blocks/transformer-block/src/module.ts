// The block as a module: branches made of modules, whose parameters it names.

import { Module } from "@llm/module";
import type { Tensor } from "@tensorflow/tfjs-core";
import type { Residual } from "./residual.js";
import { throughBranches } from "./transformer-block.js";

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
  /** Where the norms stand. Default `preNorm`. */
  residual?: Residual;
  /** Probability with which an element of either branch is dropped in training. Default 0. */
  dropout?: number;
}

/**
 * Attention, then feed-forward. Its children are named as in Hugging Face's Llama: input_layernorm, self_attn,
 * post_attention_layernorm, mlp.
 */
export class TransformerBlock<O extends object = object> extends Module {
  inputLayernorm: BlockPart;
  selfAttn: BlockAttention<O>;
  postAttentionLayernorm: BlockPart;
  mlp: BlockPart;
  readonly residual?: Residual;
  readonly dropout: number;

  constructor({ inputLayernorm, selfAttn, postAttentionLayernorm, mlp, ...rest }: TransformerBlockConfig<O>) {
    super();
    this.inputLayernorm = inputLayernorm;
    this.selfAttn = selfAttn;
    this.postAttentionLayernorm = postAttentionLayernorm;
    this.mlp = mlp;
    if (rest.residual) this.residual = rest.residual;
    this.dropout = rest.dropout ?? 0;
  }

  /** [B, T, D] → [B, T, D]; the options are handed to the attention. */
  forward(x_BTD: Tensor, options?: O): Tensor {
    const branches = [
      {
        name: "attention",
        norm: (x: Tensor) => this.inputLayernorm.forward(x),
        branch: (x: Tensor) => this.selfAttn.forward(x, options),
      },
      {
        name: "feedForward",
        norm: (x: Tensor) => this.postAttentionLayernorm.forward(x),
        branch: (x: Tensor) => this.mlp.forward(x),
      },
    ];
    return throughBranches(x_BTD, branches, { residual: this.residual, dropout: this.training ? this.dropout : 0 });
  }
}
