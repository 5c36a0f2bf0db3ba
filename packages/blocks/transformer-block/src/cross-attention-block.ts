// A decoder's block in an encoder-decoder: attention to itself, attention to the encoder, feed-forward.
// Source: Vaswani et al., arXiv:1706.03762, figure 1.
// Shapes: B batch, T time, S encoder's time, D model dim.

import type { Tensor } from "@tensorflow/tfjs-core";
import { type BlockAttention, type BlockPart, TransformerBlock, type TransformerBlockConfig } from "./module.js";
import { throughBranches } from "./transformer-block.js";

/** The parts of a block. The block takes them over: they become its children. */
export interface CrossAttentionBlockConfig<O extends object, C extends object> extends TransformerBlockConfig<O> {
  crossAttentionLayernorm: BlockPart;
  crossAttn: BlockAttention<C>;
}

/** `TransformerBlock` with a third branch between the two, with the children cross_attention_layernorm and cross_attn. */
export class CrossAttentionBlock<O extends object = object, C extends object = object> extends TransformerBlock<O> {
  crossAttentionLayernorm: BlockPart;
  crossAttn: BlockAttention<C>;

  constructor({ crossAttentionLayernorm, crossAttn, ...config }: CrossAttentionBlockConfig<O, C>) {
    super(config);
    this.crossAttentionLayernorm = crossAttentionLayernorm;
    this.crossAttn = crossAttn;
  }

  /** [B, T, D] → [B, T, D]; each attention is handed its own options, `memory` [B, S, D] among those of the second. */
  override forward(x_BTD: Tensor, options?: O, cross?: C): Tensor {
    const branches = [
      {
        name: "attention",
        norm: (x: Tensor) => this.inputLayernorm.forward(x),
        branch: (x: Tensor) => this.selfAttn.forward(x, options),
      },
      {
        name: "crossAttention",
        norm: (x: Tensor) => this.crossAttentionLayernorm.forward(x),
        branch: (x: Tensor) => this.crossAttn.forward(x, cross),
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
