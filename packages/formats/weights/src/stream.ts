// From a model to a file, layer by layer: at its peak the memory holds the model and one converted layer.

import { dispose, type Tensor } from "@tensorflow/tfjs-core";
import { type ConvertWeights, converted } from "./convert.js";
import { grouped } from "./groups.js";

/** A tensor whose values are fetched when they are asked for. */
export interface LazyWeight {
  shape: readonly number[];
  /** They may be a view of the tensor's own memory, and are good until another layer's are asked for. */
  values(): Promise<Float32Array>;
}

/** Parameters as a file wants them. */
export interface WeightStream {
  /** By the file's names. */
  tensors: Map<string, LazyWeight>;
  /** Frees what the last layer took. */
  dispose(): void;
}

/**
 * Parameters under other names and in another layout, converted when they are asked for.
 *
 * @param convert called with the tensors of one layer; twice, since a file's header needs the shapes of all first
 */
export function streamWeights(
  state: ReadonlyMap<string, Tensor>,
  convert: ConvertWeights = (part) => new Map(part),
): WeightStream {
  const own = new Set(state.values());
  const tensors = new Map<string, LazyWeight>();
  let current: { names: readonly string[]; tensors: Map<string, Tensor> } | undefined;
  const free = (): void => {
    if (current) dispose([...current.tensors.values()].filter((tensor) => !own.has(tensor)));
    current = undefined;
  };
  const enter = (names: readonly string[]): Map<string, Tensor> => {
    if (current?.names === names) return current.tensors;
    free();
    const part = new Map(names.map((name) => [name, state.get(name) as Tensor]));
    current = { names, tensors: converted(convert, part) };
    return current.tensors;
  };
  for (const names of grouped(state.keys()).values()) {
    for (const [name, { shape }] of enter(names)) {
      if (tensors.has(name)) throw new Error(`streamWeights: two parameters become ${name}`);
      const values = (): Promise<Float32Array> =>
        (enter(names).get(name) as Tensor).data<"float32">() as Promise<Float32Array>;
      tensors.set(name, { shape: [...shape], values });
    }
  }
  free();
  return { tensors, dispose: free };
}
