// Norms queries and keys, head by head, so that attention scores cannot grow without bound.
//
//   score = norm_q(q) · norm_k(k) / √H
//
// Sources: Henry et al., "Query-key normalization", https://arxiv.org/abs/2010.04245; Dehghani et al., "Scaling vision
// transformers to 22 billion parameters", https://arxiv.org/abs/2302.05442, §2.1, with LayerNorm without bias ("layer");
// Qwen3 and Gemma 3 with RMSNorm ("rms"). Both before position encodings, and shared by all heads.
// Shapes: H head dim.

import { LayerNorm } from "@llm/layernorm";
import { RMSNorm } from "@llm/rmsnorm";

/** Which norms. */
export interface QKNormConfig {
  headDim: number;
  /** Default "rms". */
  kind?: "rms" | "layer";
  /** Default 1e-6. */
  eps?: number;
}

/** A norm for queries and one for keys: spread them into the configuration of an attention module. */
export interface QKNorm<N extends RMSNorm | LayerNorm = RMSNorm | LayerNorm> {
  qNorm: N;
  kNorm: N;
}

/**
 * Norms of queries and of keys, each with a weight [headDim] of its own.
 *
 * @throws Error for an unknown kind
 */
export function qkNorm({ headDim, kind = "rms", eps = 1e-6 }: QKNormConfig): QKNorm {
  if (kind !== "rms" && kind !== "layer") {
    throw new Error(`qkNorm: kind must be "rms" or "layer", got ${JSON.stringify(kind)}`);
  }
  const norm = (): RMSNorm | LayerNorm =>
    kind === "rms" ? new RMSNorm({ dim: headDim, eps }) : new LayerNorm({ dim: headDim, eps, bias: false });
  return { qNorm: norm(), kNorm: norm() };
}
