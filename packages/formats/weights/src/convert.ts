// Conversions of names and layouts, one layer at a time.

import { type Tensor, tidy } from "@tensorflow/tfjs-core";

/** Tensors under other names and in another layout; new tensors, or those given. */
export type ConvertWeights = (state: ReadonlyMap<string, Tensor>) => Map<string, Tensor>;

/** Runs a conversion and frees what it made on the way. */
export function converted(convert: ConvertWeights, state: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  let result = new Map<string, Tensor>();
  // tidy looks for what to keep in arrays, not in Maps.
  tidy(() => {
    result = convert(state);
    return [...result.values()];
  });
  return result;
}
