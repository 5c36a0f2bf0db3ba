export {
  type LlamaConfig,
  type LlamaPreset,
  llamaParameterCount,
  llamaPresets,
  type ResolvedLlamaConfig,
} from "./config.js";
export { fromHuggingFaceConfig, type HuggingFaceConfig, toHuggingFaceConfig } from "./huggingface-config.js";
export { Llama, type LlamaForwardOptions } from "./llama.js";
export { LlamaModel } from "./model.js";
