// Multi-head attention as a module: `attention` between four projections.

import type { Tensor } from "@tensorflow/tfjs-core";
import { attention } from "./attention.js";
import type { AttentionOptions } from "./options.js";
import { SelfAttention } from "./self-attention.js";
import type { SelfAttentionConfig } from "./self-attention-config.js";

/** Sizes and initialization of multi-head attention; `bias` is true by default. */
export type MultiHeadAttentionConfig = Omit<SelfAttentionConfig, "kvHeads" | "bias"> & {
  bias?: SelfAttentionConfig["bias"];
};

/** Self-attention in which every query head has keys and values of its own. */
export class MultiHeadAttention extends SelfAttention {
  constructor({ bias = true, ...config }: MultiHeadAttentionConfig) {
    super({ ...config, bias, kvHeads: config.heads });
  }

  protected attend(q_BNTH: Tensor, k_BNSH: Tensor, v_BNSH: Tensor, options: AttentionOptions): Tensor {
    return attention(q_BNTH, k_BNSH, v_BNSH, options);
  }
}
