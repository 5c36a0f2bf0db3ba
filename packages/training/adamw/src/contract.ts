// What a fused kernel `AdamW` agrees to: one call updates all parameters.

import type { Contract } from "@llm/ops";

/** Attributes of the kernel; lists have one entry per parameter. */
export interface AdamWKernelAttrs {
  lr: number;
  beta1: number;
  beta2: number;
  eps: number;
  /** 0 for a parameter that does not decay. */
  weightDecay: number[];
  /** 1 for a parameter's first step. */
  step: number[];
  /** What every gradient is multiplied by first. */
  gradScale: number;
}

/**
 * Inputs 0 … 4n−1: n parameters, n first moments, n second moments, n gradients. Outputs: the new n parameters, first
 * and second moments. Inputs may be updated in place where nothing else refers to their data: such an output shares its
 * input's data, so the caller must take the new value for the old one, as `Variable.assign` does.
 */
export const adamWContract: Contract = { name: "AdamW", differentiable: [], saved: [] };
