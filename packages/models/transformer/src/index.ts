export {
  type TransformerConfig,
  type TransformerPreset,
  transformerParameterCount,
  transformerPresets,
} from "./config.js";
export { transformerTraits } from "./traits.js";
export { Transformer } from "./transformer.js";
