// Whether a saved optimizer state fits the parameters: three tensors for each, or none.

import type { NamedParameters } from "@llm/ops";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";

const kinds = ["exp_avg", "exp_avg_sq", "step"] as const;

/**
 * The names of the parameters that the state is of.
 * @throws Error listing what is unknown, incomplete or of another shape
 */
export function checkState(state: ReadonlyMap<string, Tensor>, parameters: NamedParameters): string[] {
  const names = new Set<string>();
  const problems: string[] = [];
  for (const key of state.keys()) {
    const kind = kinds.find((prefix) => key.startsWith(`${prefix}.`));
    const name = key.slice((kind?.length ?? -1) + 1);
    if (kind && parameters.has(name)) names.add(name);
    else problems.push(`unknown ${key}`);
  }
  for (const name of names) {
    for (const kind of kinds) {
      const tensor = state.get(`${kind}.${name}`);
      const shape = kind === "step" ? [] : (parameters.get(name) as Variable).shape;
      if (!tensor) problems.push(`missing ${kind}.${name}`);
      else if (tensor.shape.join() !== shape.join()) {
        problems.push(`${kind}.${name} has shape [${tensor.shape}], expected [${shape}]`);
      }
    }
  }
  if (problems.length === 0) return [...names];
  const more = problems.length > 8 ? `; and ${problems.length - 8} more` : "";
  throw new Error(`AdamW.loadStateDict: ${problems.slice(0, 8).join("; ")}${more}`);
}
