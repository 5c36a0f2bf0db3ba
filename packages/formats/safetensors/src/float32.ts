// Any stored tensor as float32 and back: what a model computes in, and what it is stored in.

import type { DataOf, Dtype, StoredTensor } from "./dtype.js";
import { SafetensorsError } from "./error.js";
import { decodeBFloat16, decodeFloat16, encodeBFloat16, encodeFloat16 } from "./half.js";

/** The element types that hold fractions. */
type FloatDtype = "F64" | "F32" | "F16" | "BF16";

/**
 * The elements as float32. F32 data is returned as it is, not copied; F64 and large integers are rounded.
 */
export function toFloat32({ dtype, data }: StoredTensor): Float32Array {
  if (dtype === "F32") return data;
  if (dtype === "F16") return decodeFloat16(data);
  if (dtype === "BF16") return decodeBFloat16(data);
  if (dtype === "I64" || dtype === "U64") return Float32Array.from(data as BigInt64Array, Number);
  return Float32Array.from(data as Exclude<DataOf[Dtype], BigInt64Array | BigUint64Array>);
}

/**
 * A tensor to store, rounded to nearest even where `dtype` is narrower.
 * @throws SafetensorsError when `dtype` is no floating-point type
 */
export function fromFloat32(values: Float32Array, shape: readonly number[], dtype: FloatDtype = "F32"): StoredTensor {
  if (dtype === "F32") return { dtype, shape, data: values };
  if (dtype === "F16") return { dtype, shape, data: encodeFloat16(values) };
  if (dtype === "BF16") return { dtype, shape, data: encodeBFloat16(values) };
  if (dtype === "F64") return { dtype, shape, data: Float64Array.from(values) };
  throw new SafetensorsError(`fromFloat32: dtype must be F64, F32, F16 or BF16, got ${dtype}`);
}
