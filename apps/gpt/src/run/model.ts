// A model from a configuration: of the command line, or of a config.json.

import { toHuggingFaceConfig as gpt2ToConfig } from "@llm/gpt2";
import { toHuggingFaceConfig as llamaToConfig } from "@llm/llama";
import { Random } from "@llm/random";
import type { ModelConfig } from "../config/schema.js";
import { UserError } from "../ui/error.js";
import { type Architecture, familyOf, type LanguageModel } from "./families.js";

export type { Architecture, LanguageModel } from "./families.js";

/** The architecture that a configuration asks for. */
export function architectureOf(config: ModelConfig, vocabSize: number): Architecture {
  const { model, layers, heads, kvHeads, dim, hiddenDim, context, dropout, bias, tied } = config;
  const sizes = { vocabSize, maxLength: context, dim, heads, layers, ...(hiddenDim && { hiddenDim }) };
  try {
    if (model === "gpt2") return { ...gpt2ToConfig({ ...sizes, bias, dropout }), ...(!bias && { bias }) };
    return llamaToConfig({ ...sizes, kvHeads, tied });
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** A model with fresh weights. */
export function modelFromArchitecture(architecture: Architecture, seed = 0): LanguageModel {
  return familyOf(architecture).make(architecture, new Random(seed).fork("weights"));
}
