export type { HuggingFaceConfig } from "@llm/model-config";
export { Bloom } from "./bloom.js";
export { type BloomConfig, type BloomPreset, bloomParameterCount, bloomPresets } from "./config.js";
export { fromGGUF, fromGGUFConfig, toGGUF, toGGUFConfig } from "./gguf.js";
export { fromHuggingFace, toHuggingFace } from "./huggingface.js";
export { fromHuggingFaceConfig, toHuggingFaceConfig } from "./huggingface-config.js";
export { bloomTraits } from "./traits.js";
