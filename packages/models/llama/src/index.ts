export type { HuggingFaceConfig } from "@llm/model-config";
export {
  type LlamaConfig,
  type LlamaPreset,
  llamaParameterCount,
  llamaPresets,
  type ResolvedLlamaConfig,
} from "./config.js";
export { fromHuggingFaceConfig, toHuggingFaceConfig } from "./huggingface-config.js";
export { Llama } from "./llama.js";
export { LlamaModel } from "./model.js";
