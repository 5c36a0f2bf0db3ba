// All kinds of models that the app trains, and how they are told apart.

import { UserError } from "../ui/error.js";
import { bert } from "./bert.js";
import { chatglm } from "./chatglm.js";
import { bloom, chatglm2, falcon, gpt2, llama } from "./decoders.js";
import type { Architecture, Family, Learning } from "./family.js";
import { t5 } from "./t5.js";

const families: readonly Family[] = [llama, gpt2, falcon, bloom, chatglm, chatglm2, bert, t5];

/** The kind that `--model` names. */
export function familyNamed(name: string): Family {
  const found = families.find((each) => each.name === name);
  if (!found)
    throw new UserError(`there is no model "${name}"; there are ${families.map((each) => each.name).join(", ")}`);
  return found;
}

/**
 * The kind that a config.json is of.
 * @throws UserError for a model type that is not known
 */
export function familyOf(architecture: Architecture): Family {
  const found = families.find((each) => each.owns(architecture));
  if (found) return found;
  const known = families.map((each) => each.name).join(", ");
  throw new UserError(`models of the type ${JSON.stringify(architecture.model_type)} are not known; ${known} are`);
}

/** For each model what it can learn by, its own first. */
export function describeObjectives(): string {
  const lines = families.map(
    ({ name, objectives }) => `  ${name.padEnd(10)}${objectives.map((each) => each.name).join(", ")}`,
  );
  return `\nObjectives of each model, its own first:\n${lines.join("\n")}\n`;
}

/**
 * The way of learning that `--objective` names; without a name, the family's own.
 * @throws UserError when such a model cannot learn by it, naming what it can learn by
 */
export function objectiveNamed({ name, objectives }: Family, objective?: unknown): Learning {
  if (objective === undefined) return objectives[0];
  const found = objectives.find((each) => each.name === objective);
  if (found) return found;
  const possible = objectives.map((each, i) => each.name + (i === 0 ? " (its own)" : ""));
  throw new UserError(`a ${name} cannot learn by ${JSON.stringify(objective)}; it can by ${possible.join(", ")}`);
}

/**
 * What a model learned by, as its config.json says it.
 * @throws UserError as `familyOf` and `objectiveNamed`
 */
export function objectiveOf(architecture: Architecture): Learning {
  return objectiveNamed(familyOf(architecture), architecture.training_objective);
}
