// The families of models that the app trains, behind one structural type.

import {
  fromHuggingFace,
  GPT2,
  fromHuggingFaceConfig as gpt2FromConfig,
  toHuggingFaceConfig as gpt2ToConfig,
  toHuggingFace,
} from "@llm/gpt2";
import type { KVCache } from "@llm/kv-cache";
import { Llama, fromHuggingFaceConfig as llamaFromConfig, toHuggingFaceConfig as llamaToConfig } from "@llm/llama";
import type { Module } from "@llm/module";
import { Random } from "@llm/random";
import { dispose, type Tensor } from "@tensorflow/tfjs-core";
import type { ModelConfig } from "../config/schema.js";
import { UserError } from "../ui/error.js";

/** What training, evaluation and generation need of a model. */
export interface LanguageModel extends Module {
  readonly maxLength: number;
  readonly vocabSize: number;
  forward(
    ids_BT: Tensor,
    options?: { cache?: KVCache; segments?: readonly ArrayLike<number>[]; logits?: "all" | "last" },
  ): Tensor;
  createCache(): KVCache;
}

/** Hugging Face's config.json, with a `bias` of our own for GPT-2 without biases. */
export type Architecture = Record<string, unknown> & { model_type?: string };

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
  const random = new Random(seed).fork("weights");
  switch (architecture.model_type) {
    case "llama":
      return new Llama(llamaFromConfig(architecture), random);
    case "gpt2":
      return new GPT2({ ...gpt2FromConfig(architecture), bias: architecture.bias !== false }, random);
    default:
      throw new UserError(
        `models of the type ${JSON.stringify(architecture.model_type)} are not known; llama and gpt2 are`,
      );
  }
}

/** Parameters under Hugging Face's names; `temporary` are the tensors made for it, which the caller disposes. */
export function namesToHuggingFace(
  architecture: Architecture,
  parameters: ReadonlyMap<string, Tensor>,
): { tensors: Map<string, Tensor>; temporary: Tensor[] } {
  if (architecture.model_type !== "gpt2") return { tensors: new Map(parameters), temporary: [] };
  const tensors = toHuggingFace(parameters);
  return { tensors, temporary: [...tensors.values()] };
}

/** Tensors of a Hugging Face file under our names; takes over the given ones. */
export function namesFromHuggingFace(architecture: Architecture, tensors: Map<string, Tensor>): Map<string, Tensor> {
  if (architecture.model_type !== "gpt2") {
    // Files of tied models may hold the head all the same.
    if (architecture.tie_word_embeddings === true) {
      tensors.get("lm_head.weight")?.dispose();
      tensors.delete("lm_head.weight");
    }
    return tensors;
  }
  const ours = fromHuggingFace(tensors);
  dispose([...tensors.values()]);
  return ours;
}

/** The config.json that Hugging Face reads: GPT-2 there always has biases. */
export function huggingFaceArchitecture({ bias: _, ...architecture }: Architecture): Architecture {
  return architecture;
}
