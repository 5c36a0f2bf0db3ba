export type { HuggingFaceConfig } from "@llm/model-config";
export { ChatGLM2 } from "./chatglm2.js";
export {
  type ChatGLM2Config,
  type ChatGLM2Preset,
  chatglm2ParameterCount,
  chatglm2Presets,
} from "./chatglm2-config.js";
export { chatglm2FromGGUF, chatglm2FromGGUFConfig, chatglm2ToGGUF, chatglm2ToGGUFConfig } from "./gguf.js";
export { GLM, type GLMForwardOptions } from "./glm.js";
export { GLMCache } from "./glm-cache.js";
export { type GLMConfig, type GLMPreset, type GLMTokens, glmParameterCount, glmPresets } from "./glm-config.js";
export {
  chatglm2FromHuggingFace,
  chatglm2ToHuggingFace,
  glmFromHuggingFace,
  glmToHuggingFace,
} from "./huggingface.js";
export {
  type ChatGLMKind,
  chatglm2FromHuggingFaceConfig,
  chatglm2ToHuggingFaceConfig,
  chatglmKind,
  glmFromHuggingFaceConfig,
  glmToHuggingFaceConfig,
} from "./huggingface-config.js";
export { placesOf, plansOf, type RowPlans } from "./places.js";
export { chatglm2Traits, glmTraits } from "./traits.js";
