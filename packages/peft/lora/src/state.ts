// An adapter's tensors under the names that PEFT gives them in adapter_model.safetensors.
//
//   base_model.model.<path>.lora_A.weight  [rank, in]
//   base_model.model.<path>.lora_B.weight  [out, rank]

import type { Module } from "@llm/module";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { loraHandle } from "./apply.js";

/** Where the adapted model's paths begin in the names. */
export interface LoraStateOptions {
  /** PEFT's, for a model whose paths are Hugging Face's. */
  prefix?: string;
}

/**
 * The adapter's parameters by PEFT's names; the parameters themselves, not copies.
 * @throws Error when the model is not adapted
 */
export function loraStateDict(
  model: Module,
  { prefix = "base_model.model." }: LoraStateOptions = {},
): Map<string, Variable> {
  return new Map(
    [...loraHandle(model).layers].flatMap(([path, { loraA, loraB }]): [string, Variable][] => [
      [`${prefix}${path}.lora_A.weight`, loraA],
      [`${prefix}${path}.lora_B.weight`, loraB],
    ]),
  );
}

/**
 * Copies an adapter's values into a model that `applyLora` adapted with the same targets and rank. Nothing is changed
 * when anything does not fit.
 *
 * @param state by PEFT's names, also with its adapter name (`lora_A.default.weight`); not disposed
 * @throws Error listing what is missing, unknown or of another shape
 */
export function loadLora(model: Module, state: ReadonlyMap<string, Tensor>, options: LoraStateOptions = {}): void {
  const own = loraStateDict(model, options);
  const given = new Map([...state].map(([name, value]) => [name.replace(/\.(lora_[AB])\.default\./, ".$1."), value]));
  const problems: string[] = [];
  for (const [name, parameter] of own) {
    const value = given.get(name);
    if (!value) problems.push(`missing ${name}`);
    else if (value.shape.join() !== parameter.shape.join()) {
      problems.push(`${name} has shape [${value.shape}], the model's adapter has [${parameter.shape}]`);
    }
  }
  for (const name of given.keys()) if (!own.has(name)) problems.push(`unknown ${name}`);
  if (problems.length > 0) {
    const more = problems.length > 8 ? `; and ${problems.length - 8} more` : "";
    throw new Error(`loadLora: ${problems.slice(0, 8).join("; ")}${more}`);
  }
  for (const [name, parameter] of own) parameter.assign(given.get(name) as Variable);
}
