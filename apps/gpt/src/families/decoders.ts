// GPT-2, LLaMA, Falcon, BLOOM and ChatGLM2: decoders that learn the next token, or whatever a prefix leads to.

import {
  Bloom,
  fromHuggingFaceConfig as bloomFromConfig,
  fromHuggingFace as bloomFromHuggingFace,
  toHuggingFaceConfig as bloomToConfig,
  toHuggingFace as bloomToHuggingFace,
} from "@llm/bloom";
import {
  ChatGLM2,
  chatglm2FromHuggingFace,
  chatglm2FromHuggingFaceConfig,
  chatglm2ToHuggingFace,
  chatglm2ToHuggingFaceConfig,
  chatglmKind,
} from "@llm/chatglm";
import {
  Falcon,
  fromHuggingFaceConfig as falconFromConfig,
  fromHuggingFace as falconFromHuggingFace,
  toHuggingFaceConfig as falconToConfig,
  toHuggingFace as falconToHuggingFace,
} from "@llm/falcon";
import {
  GPT2,
  fromHuggingFaceConfig as gpt2FromConfig,
  fromHuggingFace as gpt2FromHuggingFace,
  toHuggingFaceConfig as gpt2ToConfig,
  toHuggingFace as gpt2ToHuggingFace,
} from "@llm/gpt2";
import { Llama, fromHuggingFaceConfig as llamaFromConfig, toHuggingFaceConfig as llamaToConfig } from "@llm/llama";
import type { ModelConfig } from "../config/schema.js";
import { causal } from "./causal.js";
import { decoderDenoising, spanCorruption, ul2 } from "./denoising.js";
import { type Family, family, type LanguageModel } from "./family.js";
import { prefix } from "./prefix.js";

const decoder = {
  objectives: [causal, prefix, decoderDenoising(spanCorruption), decoderDenoising(ul2)],
  packing: "first-fit",
} as const;

/** The sizes that all of them have. */
export function sizesOf(config: ModelConfig, vocabSize: number) {
  const { layers, heads, dim, hiddenDim, context } = config;
  return { vocabSize, maxLength: context, dim, heads, layers, ...(hiddenDim && { hiddenDim }) };
}

export const gpt2: Family = family<LanguageModel>({
  ...decoder,
  name: "gpt2",
  // Learned positions count from the start of the row, so such a model gets one conversation a row.
  packing: "none",
  owns: ({ model_type }) => model_type === "gpt2",
  // Their GPT-2 always has biases; ours may say that it has none.
  architecture: ({ bias, dropout, ...config }, vocabSize) => ({
    ...gpt2ToConfig({ ...sizesOf({ bias, dropout, ...config }, vocabSize), bias, dropout }),
    ...(!bias && { bias }),
  }),
  create: (json, random) => new GPT2({ ...gpt2FromConfig(json), bias: json.bias !== false }, random),
  toHuggingFace: gpt2ToHuggingFace,
  fromHuggingFace: gpt2FromHuggingFace,
  published: ({ bias: _, ...rest }) => rest,
});

export const llama: Family = family<LanguageModel>({
  ...decoder,
  name: "llama",
  owns: ({ model_type }) => model_type === "llama",
  architecture: (config, vocabSize) => {
    const { kvHeads, tied } = config;
    return llamaToConfig({ ...sizesOf(config, vocabSize), kvHeads, tied });
  },
  create: (json, random) => new Llama(llamaFromConfig(json), random),
});

export const falcon: Family = family<LanguageModel>({
  ...decoder,
  name: "falcon",
  owns: ({ model_type }) => ["falcon", "RefinedWeb", "RefinedWebModel"].includes(model_type ?? ""),
  architecture: (config, vocabSize) => {
    const { kvHeads, tied } = config;
    return falconToConfig({ ...sizesOf(config, vocabSize), ...(kvHeads && { kvHeads }), tied });
  },
  create: (json, random) => new Falcon(falconFromConfig(json), random),
  toHuggingFace: (state, json) => falconToHuggingFace(state, falconFromConfig(json)),
  fromHuggingFace: (state, json) => falconFromHuggingFace(state, falconFromConfig(json)),
});

export const bloom: Family = family<LanguageModel>({
  ...decoder,
  name: "bloom",
  // ALiBi says how far back a token is, and would favour later ones the more the farther they are.
  objectives: [causal],
  owns: ({ model_type }) => model_type === "bloom",
  architecture: (config, vocabSize) => bloomToConfig({ ...sizesOf(config, vocabSize), dropout: config.dropout }),
  create: (json, random) => new Bloom(bloomFromConfig(json), random),
  toHuggingFace: (state, json) => bloomToHuggingFace(state, bloomFromConfig(json)),
  fromHuggingFace: (state, json) => bloomFromHuggingFace(state, bloomFromConfig(json)),
});

export const chatglm2: Family = family<LanguageModel>({
  ...decoder,
  name: "chatglm2",
  owns: (json) => json.model_type === "chatglm" && chatglmKind(json) === "chatglm2",
  architecture: (config, vocabSize) => {
    const { kvHeads, tied } = config;
    return chatglm2ToHuggingFaceConfig({ ...sizesOf(config, vocabSize), ...(kvHeads && { kvHeads }), tied });
  },
  create: (json, random) => new ChatGLM2(chatglm2FromHuggingFaceConfig(json), random),
  toHuggingFace: (state, json) => chatglm2ToHuggingFace(state, chatglm2FromHuggingFaceConfig(json)),
  fromHuggingFace: (state, json) => chatglm2FromHuggingFace(state, chatglm2FromHuggingFaceConfig(json)),
});
