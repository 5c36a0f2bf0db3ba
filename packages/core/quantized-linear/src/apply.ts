// Quantizes a model from outside: its linear layers are replaced in the tree of modules.

import { Linear } from "@llm/linear";
import type { Module } from "@llm/module";
import { Variable } from "@tensorflow/tfjs-core";
import { QuantizedLinear } from "./module.js";
import { type Bits, BLOCK } from "./quantize.js";

/**
 * Replaces every `Linear` below `model` by its quantized form and frees its weight, one layer after the other, so that
 * memory falls from the first on. Left as they are: layers whose rows are no whole blocks of 32, and weights that another
 * module holds too, such as those of an embedding.
 *
 * @returns the paths of the layers that were replaced
 */
export async function quantizeLinears(model: Module, bits: Bits = 8): Promise<string[]> {
  const modules = model.namedModules();
  const holders = new Map<Variable, number>();
  for (const module of modules.values())
    for (const value of Object.values(module))
      if (value instanceof Variable) holders.set(value, (holders.get(value) ?? 0) + 1);
  const replaced: string[] = [];
  for (const [path, layer] of modules) {
    if (path === "" || !(layer instanceof Linear) || holders.get(layer.weight) !== 1) continue;
    if ((layer.weight.shape[1] as number) % BLOCK !== 0) continue;
    const quantized = await QuantizedLinear.from(layer, bits);
    quantized.training = layer.training;
    model.setModule(path, quantized);
    layer.dispose();
    replaced.push(path);
  }
  return replaced;
}
