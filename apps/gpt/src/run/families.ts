// The families of models, each a row: its configuration, its class, and how others store it.

import * as bloom from "@llm/bloom";
import * as chatglm from "@llm/chatglm";
import * as falcon from "@llm/falcon";
import type { GGUFModel, MetadataValue } from "@llm/gguf";
import * as gpt2 from "@llm/gpt2";
import type { KVCache } from "@llm/kv-cache";
import * as llama from "@llm/llama";
import type { Module } from "@llm/module";
import type { Random } from "@llm/random";
import type { ConvertWeights } from "@llm/weights";
import type { Tensor } from "@tensorflow/tfjs-core";
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

type Convert<C> = (state: ReadonlyMap<string, Tensor>, config: C) => Map<string, Tensor>;

/** One family, over its own configuration. */
interface Row<C> {
  /** `general.architecture` of a GGUF file. */
  architecture: string;
  fromConfig(json: Architecture): C;
  toConfig(config: C): Architecture;
  fromGGUFConfig(file: GGUFModel, ropeFactors?: Float32Array): C;
  toGGUFConfig(config: C): Map<string, MetadataValue>;
  make(config: C, random: Random): LanguageModel;
  parameterCount(config: C): number;
  toHuggingFace: Convert<C>;
  fromHuggingFace: Convert<C>;
  toGGUF: Convert<C>;
  fromGGUF: Convert<C>;
}

/** A family whose configuration is a config.json outside. */
export interface Family {
  readonly architecture: string;
  make(json: Architecture, random: Random): LanguageModel;
  parameterCount(json: Architecture): number;
  /** config.json as Hugging Face has it, without what is ours. */
  published(json: Architecture): Architecture;
  fromGGUFConfig(file: GGUFModel, ropeFactors?: Float32Array): Architecture;
  toGGUFConfig(json: Architecture): Map<string, MetadataValue>;
  convert(json: Architecture, way: "toHuggingFace" | "fromHuggingFace" | "toGGUF" | "fromGGUF"): ConvertWeights;
}

function family<C>(row: Row<C>): Family {
  return {
    architecture: row.architecture,
    make: (json, random) => row.make(row.fromConfig(json), random),
    parameterCount: (json) => row.parameterCount(row.fromConfig(json)),
    published: (json) => row.toConfig(row.fromConfig(json)),
    fromGGUFConfig: (file, factors) => row.toConfig(row.fromGGUFConfig(file, factors)),
    toGGUFConfig: (json) => row.toGGUFConfig(row.fromConfig(json)),
    convert: (json, way) => {
      const config = row.fromConfig(json);
      return (state) => row[way](state, config);
    },
  };
}

/** Files of tied models may hold the head all the same. */
const withoutTiedHead: Convert<llama.ResolvedLlamaConfig> = (state, { tied }) =>
  new Map([...state].filter(([name]) => !tied || name !== "lm_head.weight"));

const families: Readonly<Record<string, Family>> = {
  llama: family<llama.ResolvedLlamaConfig>({
    architecture: "llama",
    fromConfig: llama.fromHuggingFaceConfig,
    toConfig: llama.toHuggingFaceConfig,
    fromGGUFConfig: llama.fromGGUFConfig,
    toGGUFConfig: llama.toGGUFConfig,
    make: (config, random) => new llama.Llama(config, random),
    parameterCount: llama.llamaParameterCount,
    toHuggingFace: (state) => new Map(state),
    fromHuggingFace: withoutTiedHead,
    toGGUF: llama.toGGUF,
    fromGGUF: llama.fromGGUF,
  }),
  gpt2: family<Required<gpt2.GPT2Config>>({
    architecture: "gpt2",
    fromConfig: (json) => ({ ...gpt2.fromHuggingFaceConfig(json), bias: json.bias !== false }),
    toConfig: gpt2.toHuggingFaceConfig,
    fromGGUFConfig: gpt2.fromGGUFConfig,
    toGGUFConfig: gpt2.toGGUFConfig,
    make: (config, random) => new gpt2.GPT2(config, random),
    parameterCount: gpt2.gpt2ParameterCount,
    toHuggingFace: gpt2.toHuggingFace,
    fromHuggingFace: gpt2.fromHuggingFace,
    toGGUF: gpt2.toGGUF,
    fromGGUF: gpt2.fromGGUF,
  }),
  falcon: family<Required<falcon.FalconConfig>>({
    architecture: "falcon",
    fromConfig: falcon.fromHuggingFaceConfig,
    toConfig: falcon.toHuggingFaceConfig,
    fromGGUFConfig: falcon.fromGGUFConfig,
    toGGUFConfig: falcon.toGGUFConfig,
    make: (config, random) => new falcon.Falcon(config, random),
    parameterCount: falcon.falconParameterCount,
    toHuggingFace: falcon.toHuggingFace,
    fromHuggingFace: falcon.fromHuggingFace,
    toGGUF: falcon.toGGUF,
    fromGGUF: falcon.fromGGUF,
  }),
  bloom: family<Required<bloom.BloomConfig>>({
    architecture: "bloom",
    fromConfig: bloom.fromHuggingFaceConfig,
    toConfig: bloom.toHuggingFaceConfig,
    fromGGUFConfig: bloom.fromGGUFConfig,
    toGGUFConfig: bloom.toGGUFConfig,
    make: (config, random) => new bloom.Bloom(config, random),
    parameterCount: bloom.bloomParameterCount,
    toHuggingFace: bloom.toHuggingFace,
    fromHuggingFace: bloom.fromHuggingFace,
    toGGUF: bloom.toGGUF,
    fromGGUF: bloom.fromGGUF,
  }),
  chatglm: family<Required<chatglm.ChatGLM2Config>>({
    architecture: "chatglm",
    fromConfig: chatglm.chatglm2FromHuggingFaceConfig,
    toConfig: chatglm.chatglm2ToHuggingFaceConfig,
    fromGGUFConfig: chatglm.chatglm2FromGGUFConfig,
    toGGUFConfig: chatglm.chatglm2ToGGUFConfig,
    make: (config, random) => new chatglm.ChatGLM2(config, random),
    parameterCount: chatglm.chatglm2ParameterCount,
    toHuggingFace: chatglm.chatglm2ToHuggingFace,
    fromHuggingFace: chatglm.chatglm2FromHuggingFace,
    toGGUF: chatglm.chatglm2ToGGUF,
    fromGGUF: chatglm.chatglm2FromGGUF,
  }),
};

/**
 * The family of a config.json.
 * @throws UserError for one that is not known
 */
export function familyOf({ model_type: type }: Architecture): Family {
  if (typeof type === "string" && Object.hasOwn(families, type)) return families[type] as Family;
  throw new UserError(
    `models of the type ${JSON.stringify(type)} are not known; ${Object.keys(families).join(", ")} are`,
  );
}

/**
 * The family of a GGUF file's architecture.
 * @throws UserError for one that is not known
 */
export function familyOfGGUF(architecture: string): Family {
  const found = Object.values(families).find((each) => each.architecture === architecture);
  if (found) return found;
  const known = Object.values(families).map((each) => each.architecture);
  throw new UserError(`models of the architecture ${JSON.stringify(architecture)} are not known; ${known.join(", ")} are`);
}
