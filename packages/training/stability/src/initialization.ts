// Initial weights that keep a deep model calm, set from outside by the parameters' names.
//
//   GPT-2       σ,  and σ/√(2L) for what writes to the residual stream
//   small init  √(2/(5D)),  and 2/(L·√D) for what writes to the residual stream
//
// Sources: Radford et al., "Language models are unsupervised multitask learners", 2019, section 2.3; Nguyen & Salazar,
// arXiv:1910.05895 (small init); Wang & Komatsuzaki, "GPT-J-6B" (2/(L·√D)), both as in GPT-NeoX-20B,
// arXiv:2204.06745, section 2.1. Letters: D model dim, L layers.

import type { NamedParameters } from "@llm/ops";
import { Random } from "@llm/random";
import { tensor, type Variable } from "@tensorflow/tfjs-core";

/** The standard deviation that a matrix starts with; undefined leaves the parameter as it is. */
export type InitScheme = (name: string, shape: readonly number[]) => number | undefined;

/** Linear maps that write to the residual stream, by the names of the house and of Hugging Face. */
const RESIDUAL = /(^|\.)(o_proj|out_proj|c_proj|dense|fc_out|down_proj|dense_4h_to_h|wo)\.weight$/;

/** GPT-2's: σ = `std`, and σ/√(2·layers) for the projections that write to the residual stream. */
export function gpt2Init({ layers, std = 0.02 }: { layers: number; std?: number }): InitScheme {
  checkPositive("gpt2Init", { layers, std });
  return (name, shape) => (shape.length < 2 ? undefined : RESIDUAL.test(name) ? std / Math.sqrt(2 * layers) : std);
}

/** GPT-NeoX's: √(2/(5·dim)), and 2/(layers·√dim) for the projections that write to the residual stream. */
export function smallInit({ layers, dim }: { layers: number; dim: number }): InitScheme {
  checkPositive("smallInit", { layers, dim });
  return (name, shape) =>
    shape.length < 2 ? undefined : RESIDUAL.test(name) ? 2 / (layers * Math.sqrt(dim)) : Math.sqrt(2 / (5 * dim));
}

/**
 * Draws the parameters anew that the scheme gives a deviation for. Each draws from a stream named after it, so that
 * another layer more does not change the others.
 */
export function initialize(
  parameters: NamedParameters,
  scheme: InitScheme,
  { random = new Random(0) }: { random?: Random } = {},
): void {
  for (const [name, parameter] of parameters) {
    const std = scheme(name, parameter.shape);
    if (std === undefined) continue;
    const values = random.fork(name).fillNormal(new Float32Array(parameter.size));
    assign(
      parameter,
      values.map((value) => value * std),
    );
  }
}

/** Replaces a parameter's values. */
export function assign(parameter: Variable, values: Float32Array): void {
  const next = tensor(values, parameter.shape);
  parameter.assign(next as Variable);
  next.dispose();
}

function checkPositive(name: string, sizes: Record<string, number>): void {
  for (const [key, value] of Object.entries(sizes)) {
    if (!(value > 0)) throw new RangeError(`${name}: ${key} must be above 0, got ${value}`);
  }
}
