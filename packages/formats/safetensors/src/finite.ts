// Weights that are no numbers: what a diverged training run or a damaged file leaves behind. Every logit of a model
// with one of them is NaN, so they are found when they are read, not when the model answers nonsense.

import type { StoredTensor } from "./dtype.js";
import { SafetensorsError } from "./error.js";

/** The index of the first NaN or infinity of a floating-point tensor; -1 when there is none, or for other dtypes. */
export function findNonFinite({ dtype, data }: StoredTensor): number {
  // 16-bit floats are bits here: all ones in the exponent mean infinity or NaN.
  if (dtype === "F16") return data.findIndex((bits) => (bits & 0x7c00) === 0x7c00);
  if (dtype === "BF16") return data.findIndex((bits) => (bits & 0x7f80) === 0x7f80);
  if (dtype !== "F32" && dtype !== "F64") return -1;
  for (let i = 0; i < data.length; i++) if (!Number.isFinite(data[i])) return i;
  return -1;
}

/** @throws SafetensorsError, naming tensor and element, when a floating-point tensor holds NaN or infinity */
export function requireFinite(name: string, tensor: StoredTensor): void {
  const index = findNonFinite(tensor);
  if (index < 0) return;
  throw new SafetensorsError(
    `tensor "${name}": element ${index} of ${tensor.data.length} is NaN or infinite; the file is damaged, or the model diverged in training`,
  );
}
