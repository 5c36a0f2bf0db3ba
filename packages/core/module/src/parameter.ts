import { type Tensor, type Variable, variable } from "@tensorflow/tfjs-core";

/** Parameters by their path in the model. */
export type NamedParameters = ReadonlyMap<string, Variable>;

/**
 * A learned tensor. Takes over `initial`: it is disposed.
 *
 * tfjs registers variables globally by name, so ours have none; their name is their path in the module.
 */
export function parameter(initial: Tensor, { trainable = true }: { trainable?: boolean } = {}): Variable {
  const created = variable(initial, trainable);
  initial.dispose();
  return created;
}
