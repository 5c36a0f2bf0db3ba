export {
  type ArchitectureReader,
  architectureMetadata,
  type GGUFModel,
  readArchitecture,
  readTransformerSizes,
  type TransformerSizes,
  transformerSizes,
} from "./architecture.js";
export { decodeGGUF, type GGUFContents } from "./decode.js";
export { blockElements, type GGUFData, type GGUFDtype, type GGUFTensor } from "./dtype.js";
export { encodeGGUF } from "./encode.js";
export { GGUFError, IncompleteError } from "./error.js";
export { fromFloat32, toFloat32, type WeightDtype } from "./float32.js";
export { type GGUFHeader, type GGUFTensorInfo, parseHeader } from "./header.js";
export {
  type ArrayValue,
  bool,
  float32,
  type Metadata,
  type MetadataReader,
  type MetadataType,
  type MetadataValue,
  type NumberType,
  numbers,
  readMetadata,
  type ScalarValue,
  string,
  strings,
  uint32,
} from "./metadata.js";
export { dequantizeQ4_0, dequantizeQ8_0, quantizeQ4_0, quantizeQ8_0 } from "./quantize.js";
export { type TokenizerOptions, tokenizerFromGGUF, tokenizerToGGUF } from "./tokenizer/tokenizer.js";
export { fileType, type LazyValues, weightTensors } from "./weights.js";
