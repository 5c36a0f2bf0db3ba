// Names of tensors: each family of models has its own, GGUF has one set for all.
//
//   model.layers.3.self_attn.q_proj.weight  ↔  blk.3.attn_q.weight
//
// A table per architecture, with {} for the layer's number; the ending (.weight, .bias) stays.

import { GGUFError } from "./error.js";

/** A map of names in both directions. */
export interface NameMap {
  /** A model's name → GGUF's. @throws GGUFError for a name that is not in the table */
  toGGUF(name: string): string;
  /** GGUF's name → the model's. @throws GGUFError for a name that is not in the table */
  fromGGUF(name: string): string;
}

/** The map of a table: names without their ending, with {} for the number of a layer. */
export function nameMap(table: Readonly<Record<string, string>>): NameMap {
  const forth = new Map(Object.entries(table));
  const back = new Map(Object.entries(table).map(([ours, theirs]) => [theirs, ours]));
  return {
    toGGUF: (name) => rename(name, forth, "the model"),
    fromGGUF: (name) => rename(name, back, "a GGUF file"),
  };
}

function rename(name: string, table: ReadonlyMap<string, string>, whose: string): string {
  const [, module = "", ending = ""] = /^(.*)(\.(?:weight|bias))$/.exec(name) ?? [];
  const layer = /(?<=\.)\d+(?=\.)/.exec(module)?.[0];
  const renamed = table.get(layer === undefined ? module : module.replace(`.${layer}.`, ".{}."));
  if (renamed === undefined || name.includes("{}"))
    throw new GGUFError(`tensor "${name}" of ${whose} has no counterpart on the other side`);
  return `${renamed.replace("{}", layer ?? "")}${ending}`;
}
