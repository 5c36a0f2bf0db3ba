// From a file into a model, layer by layer: at its peak the memory holds the model and one layer.

import type { NamedParameters } from "@llm/module";
import { dispose, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { type ConvertWeights, converted } from "./convert.js";
import { grouped } from "./groups.js";

/** An open file, or folder: names, and values when they are asked for. */
export interface WeightSource {
  readonly tensors: ReadonlyMap<string, unknown>;
  readFloat32(name: string): Promise<{ shape: readonly number[]; values: Float32Array }>;
}

/** Options of `loadWeights`. */
export interface LoadOptions {
  /** From the file's names to the parameters'; called with the tensors of one layer. Default: the same names. */
  convert?: ConvertWeights;
  /** Names of the file that are of no use. */
  skip?: (name: string) => boolean;
}

/**
 * Copies the tensors of a file into parameters.
 *
 * A parameter's old values are freed as soon as its new ones are there. When this throws, some have been replaced.
 * @throws Error when a parameter is missing in the file, the file has one that the model has not, or shapes differ
 */
export async function loadWeights(
  parameters: NamedParameters,
  source: WeightSource,
  { convert = (state) => new Map(state), skip = () => false }: LoadOptions = {},
): Promise<void> {
  const missing = new Set(parameters.keys());
  const wanted = [...source.tensors.keys()].filter((name) => !skip(name));
  for (const names of grouped(wanted).values()) {
    const state = new Map<string, Tensor>();
    let ours = new Map<string, Tensor>();
    try {
      for (const name of names) {
        const { shape, values } = await source.readFloat32(name);
        state.set(name, tensor(values, [...shape], "float32"));
      }
      ours = converted(convert, state);
      for (const [path, value] of ours) assign(parameters, missing, path, value);
    } finally {
      dispose([...new Set([...state.values(), ...ours.values()])]);
    }
  }
  if (missing.size > 0) throw new Error(`loadWeights: the file does not have ${listed([...missing])}`);
}

function assign(parameters: NamedParameters, missing: Set<string>, path: string, value: Tensor): void {
  const parameter = parameters.get(path);
  if (!parameter) throw new Error(`loadWeights: the model has no parameter ${path}, which the file has`);
  if (parameter.shape.join() !== value.shape.join()) {
    throw new Error(`loadWeights: ${path} has shape [${value.shape}] in the file, the model has [${parameter.shape}]`);
  }
  if (!missing.delete(path)) throw new Error(`loadWeights: the file has ${path} twice`);
  parameter.assign(value as typeof parameter);
}

function listed(names: string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
