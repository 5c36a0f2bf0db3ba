// Shaw's attention as a module: `shawAttention` between four projections, with its tables.

import { type AttentionOptions, type MultiHeadAttentionConfig, SelfAttention } from "@llm/attention";
import { parameter } from "@llm/module";
import { Random } from "@llm/random";
import { type Tensor, tensor, type Variable } from "@tensorflow/tfjs-core";
import { shawAttention } from "./shaw-relative.js";

/** Sizes and initialization; `bias` is true by default. */
export interface ShawAttentionConfig extends MultiHeadAttentionConfig {
  /** R: from here on, distances share a vector. Default 16. */
  maxDistance?: number;
  /** Whether values get vectors too. Default true, as in the paper. */
  values?: boolean;
}

/** Multi-head self-attention with relative position vectors: the parameters `relative_keys` and `relative_values`. */
export class ShawAttention extends SelfAttention {
  relativeKeys: Variable;
  relativeValues?: Variable;

  /** @throws Error as `SelfAttention`, and unless `maxDistance` is a positive whole number */
  constructor({ bias = true, maxDistance = 16, values = true, ...config }: ShawAttentionConfig) {
    super({ ...config, bias, kvHeads: config.heads });
    if (!Number.isInteger(maxDistance) || maxDistance < 1) {
      throw new Error(`ShawAttention: maxDistance must be a positive whole number, got ${maxDistance}`);
    }
    const { random = new Random(0), std = this.headDim ** -0.5 } = config;
    const table = (name: string): Variable => {
      const shape: [number, number] = [2 * maxDistance + 1, this.headDim];
      const normal = random.fork(name).fillNormal(new Float32Array(shape[0] * shape[1]));
      return parameter(
        tensor(
          normal.map((value) => value * std),
          shape,
        ),
      );
    };
    this.relativeKeys = table("relative_keys");
    if (values) this.relativeValues = table("relative_values");
  }

  protected attend(q_BNTH: Tensor, k_BNSH: Tensor, v_BNSH: Tensor, options: AttentionOptions): Tensor {
    const { relativeKeys: keyTable, relativeValues: valueTable } = this;
    return shawAttention(q_BNTH, k_BNSH, v_BNSH, { ...options, keyTable, valueTable });
  }
}
