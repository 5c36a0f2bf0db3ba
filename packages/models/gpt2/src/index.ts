export type { HuggingFaceConfig } from "@llm/model-config";
export { type GPT2Config, type GPT2Preset, gpt2ParameterCount, gpt2Presets } from "./config.js";
export { fromGGUF, fromGGUFConfig, toGGUF, toGGUFConfig } from "./gguf.js";
export { GPT2 } from "./gpt2.js";
export { fromHuggingFace, toHuggingFace } from "./huggingface.js";
export { fromHuggingFaceConfig, toHuggingFaceConfig } from "./huggingface-config.js";
export { gpt2Traits } from "./traits.js";
