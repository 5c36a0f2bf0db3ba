// Which of a model's tensors are stored how.
//
// Vectors are few, and llama.cpp expects them in F32; so are tables of positions and sentence types. Rows that are no
// whole blocks cannot be quantised, and are stored as F16, as llama.cpp's own tool does.

import type { GGUFData } from "./dtype.js";
import { fromFloat32, type WeightDtype } from "./float32.js";
import { type MetadataValue, uint32 } from "./metadata.js";

/** A tensor whose float32 values are fetched when it is written. */
export interface LazyValues {
  shape: readonly number[];
  values(): Promise<Float32Array>;
}

/** A model's tensors, its matrices as `dtype`, for `writeGGUF`. */
export function weightTensors(
  weights: ReadonlyMap<string, LazyValues>,
  dtype: WeightDtype,
): Map<string, { dtype: WeightDtype; shape: readonly number[]; data: () => Promise<GGUFData> }> {
  return new Map(
    [...weights].map(([name, { shape, values }]) => {
      const stored = storedAs(name, shape, dtype);
      return [name, { dtype: stored, shape, data: async () => fromFloat32(await values(), shape, stored).data }];
    }),
  );
}

/** What llama.cpp calls a file of such weights. */
export function fileType(dtype: WeightDtype): MetadataValue {
  return uint32({ F32: 0, F16: 1, Q4_0: 2, Q8_0: 7, BF16: 32 }[dtype]);
}

function storedAs(name: string, shape: readonly number[], dtype: WeightDtype): WeightDtype {
  if (shape.length < 2 || /^(position_embd|token_types)\.|attn_rel_b\./.test(name)) return "F32";
  const quantised = dtype === "Q8_0" || dtype === "Q4_0";
  return quantised && (shape.at(-1) as number) % 32 !== 0 ? "F16" : dtype;
}
