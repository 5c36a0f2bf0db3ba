// The published models: their names, sizes and details, all of it read from their configurations.

import { bertParameterCount, bertPresets, bertTraits } from "@llm/bert";
import { bloomParameterCount, bloomPresets, bloomTraits } from "@llm/bloom";
import {
  chatglm2ParameterCount,
  chatglm2Presets,
  chatglm2Traits,
  glmParameterCount,
  glmPresets,
  glmTraits,
} from "@llm/chatglm";
import { falconParameterCount, falconPresets, falconTraits } from "@llm/falcon";
import { gpt2ParameterCount, gpt2Presets, gpt2Traits } from "@llm/gpt2";
import { llamaParameterCount, llamaPresets, llamaTraits } from "@llm/llama";
import type { ModelTraits } from "@llm/model-config";
import { t5ParameterCount, t5Presets, t5Traits } from "@llm/t5";
import { transformerParameterCount, transformerPresets, transformerTraits } from "@llm/transformer";

/** The sizes that every configuration has. */
interface Sizes {
  vocabSize: number;
  maxLength?: number;
  dim: number;
  layers: number;
}

/** A published model. */
export interface PublishedModel {
  name: string;
  /** The package that has it. */
  package: string;
  parameters: number;
  layers: number;
  dim: number;
  vocabSize: number;
  traits: ModelTraits;
}

function presets<C extends Sizes>(
  name: string,
  all: Readonly<Record<string, Readonly<C>>>,
  count: (config: C) => number,
  traits: (config: C) => ModelTraits,
): PublishedModel[] {
  return Object.entries(all).map(([preset, config]) => ({
    name: preset,
    package: `@llm/${name}`,
    parameters: count(config),
    layers: config.layers,
    dim: config.dim,
    vocabSize: config.vocabSize,
    traits: traits(config),
  }));
}

/** All of them, the oldest kind first. */
export function publishedModels(): PublishedModel[] {
  return [
    ...presets("transformer", transformerPresets, transformerParameterCount, transformerTraits),
    ...presets("bert", bertPresets, bertParameterCount, bertTraits),
    ...presets("gpt2", gpt2Presets, gpt2ParameterCount, gpt2Traits),
    ...presets("t5", t5Presets, t5ParameterCount, t5Traits),
    ...presets("bloom", bloomPresets, bloomParameterCount, bloomTraits),
    ...presets("chatglm", glmPresets, glmParameterCount, glmTraits),
    ...presets("chatglm", chatglm2Presets, chatglm2ParameterCount, chatglm2Traits),
    ...presets("llama", llamaPresets, llamaParameterCount, llamaTraits),
    ...presets("falcon", falconPresets, falconParameterCount, falconTraits),
  ];
}
