// All kinds of models that the app trains, and how they are told apart.

import { UserError } from "../ui/error.js";
import { bert } from "./bert.js";
import { chatglm } from "./chatglm.js";
import { bloom, chatglm2, falcon, gpt2, llama } from "./decoders.js";
import type { Architecture, Family } from "./family.js";
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
