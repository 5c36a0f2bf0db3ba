// How wide a gated feed-forward is, so that its three matrices cost what two of width 4·dim would.
//
//   hidden = ⌈ ⌊multiplier · ⌊2/3 · 4·dim⌋⌋ / multipleOf ⌉ · multipleOf
//
// Source: Shazeer, https://arxiv.org/abs/2002.05202, for the two thirds; the multiplier and the rounding up are
// LLaMA's (`ffn_dim_multiplier` and `multiple_of` of its params.json).

/** How the width is stretched and rounded. */
export interface GLUHiddenDimOptions {
  /** LLaMA-2-70B and Llama-3-8B have 1.3. Default 1. */
  multiplier?: number;
  /** Rounded up to a multiple of this. Default 256, LLaMA's. */
  multipleOf?: number;
}

/**
 * The hidden width of a gated feed-forward: about 8/3 of the model's.
 *
 * @throws RangeError unless dim and multipleOf are whole numbers from 1 and multiplier is above 0
 */
export function gluHiddenDim(dim: number, { multiplier = 1, multipleOf = 256 }: GLUHiddenDimOptions = {}): number {
  for (const [name, value] of Object.entries({ dim, multipleOf })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`gluHiddenDim: ${name} must be a whole number of at least 1, got ${value}`);
    }
  }
  if (!(multiplier > 0 && Number.isFinite(multiplier))) {
    throw new RangeError(`gluHiddenDim: multiplier must be a finite number above 0, got ${multiplier}`);
  }
  const width = Math.floor(multiplier * Math.floor((8 * dim) / 3));
  return Math.max(1, Math.ceil(width / multipleOf)) * multipleOf;
}
