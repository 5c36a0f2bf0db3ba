// One optimizer out of several, each with its own parameters and its own share of the learning rate.
//
// Per-parameter learning rates without a word in the optimizer itself, so its fused kernel still takes all parameters
// of a group at once. With AdamW, whose decay is lr·λ, a group that learns more slowly decays more slowly too; give it
// a larger λ where that is not wanted.

import type { NamedParameters } from "@llm/ops";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import type { Stateful } from "./snapshots.js";

/** What a group needs of an optimizer; `AdamW` of `@llm/adamw` is one. */
export interface GroupOptimizer extends Stateful {
  readonly scalesGradients?: boolean;
  step(grads: ReadonlyMap<string, Tensor>, learningRate: number, gradScale?: number): void;
  dispose?(): void;
}

/** The parameters that learn at one rate. */
export interface OptimizerGroup {
  parameters: NamedParameters;
  /** Factor of the learning rate. */
  learningRate: number;
  optimizer: GroupOptimizer;
}

/** Steps each group's optimizer with the group's gradients. */
export class OptimizerGroups implements GroupOptimizer {
  readonly groups: readonly OptimizerGroup[];
  readonly scalesGradients: boolean;

  /** @throws Error when a parameter is in two groups */
  constructor(groups: readonly OptimizerGroup[]) {
    const seen = new Set<string>();
    for (const name of groups.flatMap(({ parameters }) => [...parameters.keys()])) {
      if (seen.has(name)) throw new Error(`OptimizerGroups: ${name} is in two groups`);
      seen.add(name);
    }
    this.groups = groups;
    this.scalesGradients = groups.every(({ optimizer }) => optimizer.scalesGradients);
  }

  /** @throws Error for a gradient that belongs to no group */
  step(grads: ReadonlyMap<string, Tensor>, learningRate: number, gradScale?: number): void {
    const stray = [...grads.keys()].find((name) => !this.groups.some(({ parameters }) => parameters.has(name)));
    if (stray) throw new Error(`OptimizerGroups: the gradient of ${stray} belongs to no group`);
    for (const { parameters, optimizer, learningRate: factor } of this.groups) {
      const own = new Map([...grads].filter(([name]) => parameters.has(name)));
      if (own.size > 0) optimizer.step(own, learningRate * factor, gradScale);
    }
  }

  /** The states of all groups; a parameter's name is in one only. */
  stateDict(): Map<string, Tensor> {
    return new Map(this.groups.flatMap(({ optimizer }) => [...optimizer.stateDict()]));
  }

  /** Gives each group the part that names its parameters. */
  loadStateDict(state: ReadonlyMap<string, Tensor>): void {
    for (const { optimizer, parameters } of this.groups) {
      const names = [...parameters.keys()];
      optimizer.loadStateDict(new Map([...state].filter(([key]) => names.some((name) => key.endsWith(`.${name}`)))));
    }
  }

  dispose(): void {
    for (const { optimizer } of this.groups) optimizer.dispose?.();
  }
}

/**
 * Groups for rules such as `mupRules` gives: one for each factor of the learning rate.
 *
 * @param create makes the optimizer of a group's parameters
 */
export function groupByRate(
  parameters: NamedParameters,
  rules: ReadonlyMap<string, { learningRate: number }>,
  create: (parameters: NamedParameters, learningRate: number) => GroupOptimizer,
): OptimizerGroups {
  const byRate = new Map<number, Map<string, Variable>>();
  for (const [name, parameter] of parameters) {
    const rate = rules.get(name)?.learningRate ?? 1;
    const own = byRate.get(rate) ?? new Map<string, Variable>();
    byRate.set(rate, own.set(name, parameter));
  }
  return new OptimizerGroups(
    [...byRate].map(([learningRate, own]) => ({ parameters: own, learningRate, optimizer: create(own, learningRate) })),
  );
}
