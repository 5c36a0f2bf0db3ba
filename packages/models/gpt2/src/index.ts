export { type GPT2Config, type GPT2Preset, gpt2ParameterCount, gpt2Presets } from "./config.js";
export { GPT2, type GPT2ForwardOptions } from "./gpt2.js";
export { fromHuggingFace, toHuggingFace } from "./huggingface.js";
export { fromHuggingFaceConfig, type HuggingFaceConfig, toHuggingFaceConfig } from "./huggingface-config.js";
