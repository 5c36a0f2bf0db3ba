// µP: learning rates and initial weights that stay right when a model gets wider.
//
//   n = fan-in / fan-in of the base model        initial σ      Adam's learning rate
//   input (embedding), vectors                   1              1
//   hidden (both sides grow)                     1/√n           1/n
//   output (only its input grows)                1/n            1/n
//
// all relative to the base model's, where they are tuned. Which case a parameter is, the two models' shapes show.
// Source: Yang et al., "Tensor Programs V", arXiv:2203.03466, table 3, the form without multipliers in the model. So a
// head that is tied to the embedding cannot follow: it would need both columns at once. The paper also scales attention
// by 1/H; where heads multiply and H stays, this is a constant.

import type { NamedParameters } from "@llm/ops";
import { mul, type Tensor, tidy, type Variable } from "@tensorflow/tfjs-core";

/** How a parameter differs from the base model's. */
export interface MupRule {
  kind: "input" | "hidden" | "output" | "fixed";
  /** Factor of the initial standard deviation. */
  init: number;
  /** Factor of the learning rate. */
  learningRate: number;
}

/** Names of what maps the width to something fixed; everything else with one growing side is an input. */
const OUTPUT = /(^|\.)(lm_head|head|output|score|classifier)\.weight$/;

/** A parameter's shape, [out, in] for linear maps and [vocabulary, dim] for tables, as everywhere in the house. */
type Shapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/**
 * A rule for each parameter of a model, from the shapes of the model that was tuned.
 *
 * @param parameters of the wide model
 * @param base the same names, with the shapes of the narrow one
 * @param options `output`: names of the head, when it is called otherwise
 * @throws Error when names or ranks differ: the models must be alike but for their width
 */
export function mupRules(
  parameters: Shapes,
  base: Shapes,
  { output = OUTPUT }: { output?: RegExp } = {},
): Map<string, MupRule> {
  const unknown = [...base.keys()].find((name) => !parameters.has(name));
  if (unknown) throw new Error(`mupRules: the base model has ${unknown}, the wide one has not; only widths may differ`);
  return new Map(
    [...parameters].map(([name, { shape }]) => {
      const narrow = base.get(name)?.shape;
      if (narrow?.length !== shape.length) {
        throw new Error(
          `mupRules: ${name} is [${shape}], in the base model ${narrow ? `[${narrow}]` : "missing"}; only widths may differ`,
        );
      }
      return [name, ruleOf(shape, narrow, output.test(name))];
    }),
  );
}

function ruleOf(shape: readonly number[], base: readonly number[], isOutput: boolean): MupRule {
  const growth = shape.map((size, i) => size / (base[i] as number));
  const grows = growth.filter((ratio) => ratio !== 1).length;
  const n = growth.at(-1) as number;
  if (grows === 0) return { kind: "fixed", init: 1, learningRate: 1 };
  if (isOutput && shape.length === 2) return { kind: "output", init: 1 / n, learningRate: 1 / n };
  if (grows === 1) return { kind: "input", init: 1, learningRate: 1 };
  return { kind: "hidden", init: n ** -0.5, learningRate: 1 / n };
}

/**
 * Scales fresh weights by their rules. They must have been drawn as the base model's are: with deviations that do not
 * depend on the width (GPT-2's 0.02 does not, Xavier's does).
 */
export function scaleInit(parameters: NamedParameters, rules: ReadonlyMap<string, MupRule>): void {
  for (const [name, parameter] of parameters) {
    const factor = rules.get(name)?.init ?? 1;
    if (factor !== 1) tidy(() => parameter.assign(mul(parameter as Tensor, factor) as Variable));
  }
}
