// Any tensor as float32 and back: what a model computes in, and what it is stored in.

import { decodeBFloat16, decodeFloat16, encodeBFloat16, encodeFloat16 } from "@llm/safetensors";
import { type GGUFTensor, tensorBytes } from "./dtype.js";
import { GGUFError } from "./error.js";
import { dequantizeQ4_0, dequantizeQ8_0, quantizeQ4_0, quantizeQ8_0 } from "./quantize.js";

/** The types that weights can be written in. */
export type WeightDtype = "F32" | "F16" | "BF16" | "Q8_0" | "Q4_0";

/**
 * The elements as float32. F32 data is returned as it is, not copied.
 * @throws GGUFError for a quantised type other than Q8_0 and Q4_0
 */
export function toFloat32({ dtype, data }: GGUFTensor): Float32Array {
  switch (dtype) {
    case "F32":
      return data;
    case "F16":
      return decodeFloat16(data);
    case "BF16":
      return decodeBFloat16(data);
    case "Q8_0":
      return dequantizeQ8_0(data);
    case "Q4_0":
      return dequantizeQ4_0(data);
    case "I64":
      return Float32Array.from(data, Number);
    case "F64":
    case "I32":
    case "I16":
    case "I8":
      return Float32Array.from(data);
    default:
      throw new GGUFError(`tensors of type ${dtype} cannot be read here; F32 F16 BF16 Q8_0 Q4_0 can`);
  }
}

/**
 * A tensor to store, rounded or quantised as llama.cpp does it.
 * @throws GGUFError when `dtype` is none of the five, or rows are no whole blocks
 */
export function fromFloat32(values: Float32Array, shape: readonly number[], dtype: WeightDtype = "F32"): GGUFTensor {
  tensorBytes("values", dtype, shape);
  switch (dtype) {
    case "F32":
      return { dtype, shape, data: values };
    case "F16":
      return { dtype, shape, data: encodeFloat16(values) };
    case "BF16":
      return { dtype, shape, data: encodeBFloat16(values) };
    case "Q8_0":
      return { dtype, shape, data: quantizeQ8_0(values) };
    case "Q4_0":
      return { dtype, shape, data: quantizeQ4_0(values) };
    default:
      throw new GGUFError(`fromFloat32: dtype must be F32, F16, BF16, Q8_0 or Q4_0, got ${dtype}`);
  }
}
