export { decodeSafetensors } from "./decode.js";
export { type DataOf, type Dtype, dtypeBytes, type StoredTensor } from "./dtype.js";
export { encodeSafetensors } from "./encode.js";
export { SafetensorsError } from "./error.js";
export { findNonFinite, requireFinite } from "./finite.js";
export { fromFloat32, toFloat32 } from "./float32.js";
export { decodeBFloat16, decodeFloat16, encodeBFloat16, encodeFloat16 } from "./half.js";
export { parseHeader, type SafetensorsHeader, type TensorInfo } from "./header.js";
