// Grouped-query attention as a module: `groupedQueryAttention` between four projections.

import { type AttentionOptions, SelfAttention, type SelfAttentionConfig } from "@llm/attention";
import type { Tensor } from "@tensorflow/tfjs-core";
import { groupedQueryAttention } from "./gqa.js";

/** Sizes and initialization of grouped-query attention; `bias` is false by default. */
export type GroupedQueryAttentionConfig = Omit<SelfAttentionConfig, "bias"> & { bias?: SelfAttentionConfig["bias"] };

/** Self-attention with fewer heads of keys and values than of queries, and so a smaller cache. */
export class GroupedQueryAttention extends SelfAttention {
  constructor({ bias = false, ...config }: GroupedQueryAttentionConfig) {
    super({ ...config, bias });
  }

  protected attend(q_BNTH: Tensor, k_BKSH: Tensor, v_BKSH: Tensor, options: AttentionOptions): Tensor {
    return groupedQueryAttention(q_BNTH, k_BKSH, v_BKSH, options);
  }
}
