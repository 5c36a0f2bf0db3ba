export type { HuggingFaceConfig } from "@llm/model-config";
export {
  type LlamaConfig,
  type LlamaPreset,
  llamaParameterCount,
  llamaPresets,
  type ResolvedLlamaConfig,
} from "./config.js";
export { fromGGUF, fromGGUFConfig, toGGUF, toGGUFConfig } from "./gguf.js";
export { fromHuggingFaceConfig, toHuggingFaceConfig } from "./huggingface-config.js";
export { Llama } from "./llama.js";
export { LlamaModel } from "./model.js";
export { llamaTraits } from "./traits.js";
