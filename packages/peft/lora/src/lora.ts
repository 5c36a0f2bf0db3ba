// Low-rank adaptation: the frozen weight plus a trained product of two thin matrices.
//
//   y = x·Wᵀ + b + s·(x·Aᵀ)·Bᵀ,  s = α/r, or α/√r (rsLoRA)
//
// A starts random and B at zero, so the first output is the frozen layer's, and A's first gradient is zero.
// Sources: Hu et al., "LoRA", arXiv:2106.09685; Kalajdzievski, "Rank stabilization scaling factor", arXiv:2312.03732.
// Deviation: s multiplies x·Aᵀ, which has r columns, instead of the result, which has O.
// Shapes: I input features, O output features, R rank.

import { linear } from "@llm/linear";
import { registerGradients } from "@llm/ops";
import { add, mul, type Tensor } from "@tensorflow/tfjs-core";

/** The factor of the low-rank part, and the frozen layer's bias. */
export interface LoraOptions {
  /** s above. */
  scale?: number;
  /** [O] */
  bias?: Tensor;
}

/**
 * A linear layer with a low-rank update.
 *
 * @param x_I [..., I], at least two dimensions
 * @param weight_OI [O, I]
 * @param a_RI [R, I]
 * @param b_OR [O, R]
 * @returns [..., O]
 * @throws Error when the shapes do not fit
 */
export function lora(
  x_I: Tensor,
  weight_OI: Tensor,
  a_RI: Tensor,
  b_OR: Tensor,
  { scale = 1, bias }: LoraOptions = {},
): Tensor {
  checkShapes(weight_OI, a_RI, b_OR);
  return add(linear(x_I, weight_OI, bias), loraUpdate(x_I, a_RI, b_OR, scale));
}

/** The low-rank part alone: s·(x·Aᵀ)·Bᵀ, [..., O]. */
export function loraUpdate(x_I: Tensor, a_RI: Tensor, b_OR: Tensor, scale: number): Tensor {
  registerGradients();
  return linear(mul(linear(x_I, a_RI), scale), b_OR);
}

/** The factor of the low-rank part: α/r ("lora") or α/√r ("rslora", which keeps large ranks learning). */
export function loraScale(alpha: number, rank: number, scaling: "lora" | "rslora" = "lora"): number {
  return scaling === "rslora" ? alpha / Math.sqrt(rank) : alpha / rank;
}

/**
 * Number of trained values, r·(in + out) a layer, without allocating any.
 *
 * @param layers the adapted linear layers; `count` of each (default 1)
 */
export function loraParameterCount(
  layers: Iterable<{ inDim: number; outDim: number; count?: number }>,
  rank: number,
): number {
  let sum = 0;
  for (const { inDim, outDim, count = 1 } of layers) sum += rank * (inDim + outDim) * count;
  return sum;
}

function checkShapes(weight: Tensor, a: Tensor, b: Tensor): void {
  const [out, inDim] = weight.shape;
  const rank = a.shape[0];
  if (a.rank !== 2 || a.shape[1] !== inDim) {
    throw new Error(`lora: a must be [rank, ${inDim}] to match weight [${weight.shape}], got [${a.shape}]`);
  }
  if (b.rank !== 2 || b.shape[0] !== out || b.shape[1] !== rank) {
    throw new Error(
      `lora: b must be [${out}, ${rank}] to match weight [${weight.shape}] and a [${a.shape}], got [${b.shape}]`,
    );
  }
}
