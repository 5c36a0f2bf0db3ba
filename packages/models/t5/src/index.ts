export type { HuggingFaceConfig } from "@llm/model-config";
export { type T5Config, type T5Preset, t5ParameterCount, t5Presets } from "./config.js";
export { fromGGUF, fromGGUFConfig, toGGUF, toGGUFConfig } from "./gguf.js";
export { fromHuggingFace, toHuggingFace } from "./huggingface.js";
export { fromHuggingFaceConfig, toHuggingFaceConfig } from "./huggingface-config.js";
export { T5Decoder, T5Encoder } from "./stacks.js";
export { T5 } from "./t5.js";
export { t5Traits } from "./traits.js";
