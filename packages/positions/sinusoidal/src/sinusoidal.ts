// A fixed vector for each position: sines and cosines whose wavelengths grow geometrically.
//
//   P[p, 2i] = sin(p·θ_i),  P[p, 2i+1] = cos(p·θ_i),   θ_i = base^(−2i/D)
//
// Source: Vaswani et al., "Attention is all you need", https://arxiv.org/abs/1706.03762, §3.5. Layout "half" has all
// sines first, then all cosines, with the same θ: Marian and Hugging Face's BART family. (The paper's own code, tensor2tensor,
// divides by D/2 − 1 instead of D/2 in the exponent; this follows the paper.) Computed in float64 and rounded once.
// Shapes: T time, D model dim.

import { type Tensor, tensor } from "@tensorflow/tfjs-core";

/** What determines the waves. */
export interface SinusoidalOptions {
  /** Position of the first; with a cache, the number of tokens in it. Default 0. */
  offset?: number;
  /** The longest wavelength is 2π·base, nearly. Default 10000. */
  base?: number;
  /** Where a sine's cosine stands: beside it, or D/2 further. Default "interleaved", the paper's. */
  layout?: "interleaved" | "half";
}

/**
 * The encodings of `length` positions that start at `offset`.
 *
 * @param length number of positions, from 1
 * @param dim even
 * @returns [length, dim]; add it to token embeddings [B, length, dim], which the paper multiplies by √dim before
 * @throws Error when the dimension is odd, or length, offset or base make no sense
 */
export function sinusoidal(
  length: number,
  dim: number,
  { offset = 0, base = 10000, layout = "interleaved" }: SinusoidalOptions = {},
): Tensor {
  check({ length, dim, offset, base, layout });
  const pairs = dim / 2;
  const values = new Float32Array(length * dim);
  for (let i = 0; i < pairs; i++) {
    const theta = base ** (-i / pairs);
    const [sine, cosine] = layout === "half" ? [i, i + pairs] : [2 * i, 2 * i + 1];
    for (let t = 0; t < length; t++) {
      values[t * dim + sine] = Math.sin((offset + t) * theta);
      values[t * dim + cosine] = Math.cos((offset + t) * theta);
    }
  }
  return tensor(values, [length, dim]);
}

function check({
  length,
  dim,
  offset,
  base,
  layout,
}: Required<SinusoidalOptions> & { length: number; dim: number }): void {
  if (!Number.isInteger(dim) || dim < 2 || dim % 2 !== 0) {
    throw new Error(
      `sinusoidal: dim must be even and at least 2, because each wave has a sine and a cosine; got ${dim}`,
    );
  }
  if (!Number.isInteger(length) || length < 1) {
    throw new Error(`sinusoidal: length must be a whole number of at least 1, got ${length}`);
  }
  if (!Number.isInteger(offset) || offset < 0) {
    throw new Error(`sinusoidal: offset must be a whole number of at least 0, got ${offset}`);
  }
  if (!(base > 0 && Number.isFinite(base))) throw new Error(`sinusoidal: base must be above 0, got ${base}`);
  if (layout !== "interleaved" && layout !== "half") {
    throw new Error(`sinusoidal: layout must be "interleaved" or "half", got ${JSON.stringify(layout)}`);
  }
}
