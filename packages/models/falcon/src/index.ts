export type { HuggingFaceConfig } from "@llm/model-config";
export { type FalconConfig, type FalconPreset, falconParameterCount, falconPresets } from "./config.js";
export { Falcon } from "./falcon.js";
export { fromGGUF, fromGGUFConfig, toGGUF, toGGUFConfig } from "./gguf.js";
export { fromHuggingFace, toHuggingFace } from "./huggingface.js";
export { fromHuggingFaceConfig, toHuggingFaceConfig } from "./huggingface-config.js";
export { falconTraits } from "./traits.js";
