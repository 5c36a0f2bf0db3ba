export { type FinishReason, type GenerateOptions, generate } from "./generate.js";
export type { Cache, LanguageModel } from "./language-model.js";
export { generateText, type TextCodec } from "./text.js";
