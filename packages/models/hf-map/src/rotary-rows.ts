// The order of a rotated head's rows: features that rotate together are half a head apart, or neighbours.
//
//   half          x0 … x(H/2−1) | y0 … y(H/2−1)      Hugging Face
//   interleaved   x0 y0 x1 y1 …                      Meta's LLaMA, and so llama.cpp's
//
// Queries and keys are permuted alike, so their products stay what they are. Letters: N heads, H head dim.

import { reshape, type Tensor, tidy, transpose } from "@tensorflow/tfjs-core";
import type { RowLayout } from "./map.js";

/** One projection of rotated heads, stored with neighbours in pairs where ours are half a head apart. */
export function interleavedRows(heads: number): RowLayout {
  const permuted = (rows: Tensor, inner: (half: number) => [number, number]): Tensor => {
    const [size = 0, ...rest] = rows.shape;
    if (size % (2 * heads) !== 0)
      throw new Error(`a projection of ${heads} heads must have pairs of rows for each, got shape [${rows.shape}]`);
    return tidy(() => {
      const grouped = reshape(rows, [heads, ...inner(size / heads / 2), -1]);
      return reshape(transpose(grouped, [0, 2, 1, 3]), [size, ...rest]);
    });
  };
  return {
    fuse: (parts) => permuted(parts[0] as Tensor, (half) => [2, half]),
    split: (fused) => [permuted(fused, (half) => [half, 2])],
  };
}
