export type { HuggingFaceConfig } from "@llm/model-config";
export { Bert, type BertForwardOptions } from "./bert.js";
export { type BertConfig, type BertPreset, bertParameterCount, bertPresets } from "./config.js";
export { type BertPooling, fromGGUF, fromGGUFConfig, toGGUF, toGGUFConfig } from "./gguf.js";
export { headFromGGUF, headToGGUF } from "./gguf-head.js";
export { fromHuggingFace, toHuggingFace } from "./huggingface.js";
export { fromHuggingFaceConfig, toHuggingFaceConfig } from "./huggingface-config.js";
export { BertForMaskedLM, MaskedLMHead } from "./masked-lm.js";
export { bertTraits } from "./traits.js";
