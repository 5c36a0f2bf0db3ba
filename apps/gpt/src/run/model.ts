// Models by their architecture, whatever kind they are.

import { Random } from "@llm/random";
import type { Tokenizer } from "@llm/tokenizer";
import type { ModelConfig } from "../config/schema.js";
import { familyNamed, familyOf, objectiveNamed, objectiveOf } from "../families/families.js";
import type { AnyModel, Architecture, LanguageModel, Learning, Task, TaskOptions, Writer } from "../families/family.js";
import { specialIds } from "../families/special-tokens.js";
import { UserError } from "../ui/error.js";

export type { AnyModel, Architecture, LanguageModel } from "../families/family.js";

/**
 * What a configuration's model is to learn by.
 * @throws UserError when such a model cannot
 */
export function learningOf({ model, objective }: Pick<ModelConfig, "model" | "objective">): Learning {
  return objectiveNamed(familyNamed(model), objective);
}

/**
 * The architecture that a configuration asks for, with a vocabulary for the tokenizer and the objective. An objective
 * that is not the family's own stands in it, so that whatever opens the model knows.
 */
export function architectureOf(config: ModelConfig, tokenizer: Tokenizer): Architecture {
  const family = familyNamed(config.model);
  const { name, specialTokens } = learningOf(config);
  const { special, vocabSize } = specialIds(tokenizer, specialTokens);
  try {
    const own = family.objectives[0].name === name;
    return { ...family.architecture(config, vocabSize, special), ...(!own && { training_objective: name }) };
  } catch (error) {
    throw new UserError((error as Error).message);
  }
}

/** A model with fresh weights. */
export function modelFromArchitecture(architecture: Architecture, seed = 0): AnyModel {
  return familyOf(architecture).create(architecture, new Random(seed).fork("weights"));
}

/** What a model is trained on, in sequences of `context` tokens. */
export function taskOf(model: AnyModel, architecture: Architecture, options: Omit<TaskOptions, "special">): Task {
  const learning = objectiveOf(architecture);
  const { special } = specialIds(options.tokenizer, learning.specialTokens);
  return learning.task(model, { ...options, special });
}

/**
 * A model that goes on after the ids, where it can; undefined for models that do not write.
 */
export function writerOf(
  model: AnyModel,
  architecture: Architecture,
  { tokenizer, ids }: { tokenizer: Tokenizer; ids: readonly number[] },
): Writer | undefined {
  const learning = objectiveOf(architecture);
  return learning.writer?.(model, ids, specialIds(tokenizer, learning.specialTokens).special);
}

/** Whether conversations may stand side by side in a row. */
export function packingOf(architecture: Architecture): "first-fit" | "none" {
  const { packing, name } = familyOf(architecture);
  if (packing) return packing;
  throw new UserError(`a ${name} cannot be tuned on conversations: it does not write from left to right`);
}

/** Whether the model has learned to read what it is given in both directions. */
export function readsPrefix(architecture: Architecture): boolean {
  return objectiveOf(architecture).prefix === true;
}

/**
 * The model as one that writes from left to right.
 * @throws UserError when it is no such model
 */
export function asLanguageModel(model: AnyModel, architecture: Architecture): LanguageModel {
  packingOf(architecture);
  return model as LanguageModel;
}

/** The config.json that Hugging Face reads. */
export function huggingFaceArchitecture(architecture: Architecture): Architecture {
  return familyOf(architecture).published?.(architecture) ?? architecture;
}
