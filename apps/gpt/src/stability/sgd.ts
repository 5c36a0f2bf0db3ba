// Gradient descent with momentum: steps are as large as gradients are, where Adam's have one size whatever they are.
//
//   v = 0.9·v + g,   θ = θ − rate·v
//
// Source: Sutskever et al., "On the importance of initialization and momentum in deep learning", 2013.

import type { NamedParameters } from "@llm/module";
import { add, mul, sub, type Tensor, tidy, type Variable, variable, zerosLike } from "@tensorflow/tfjs-core";

const MOMENTUM = 0.9;

/** An optimizer for `train`, with a state that can be kept and restored. */
export class Sgd {
  readonly #parameters: NamedParameters;
  readonly #velocities: Map<string, Variable>;

  constructor(parameters: NamedParameters) {
    this.#parameters = parameters;
    this.#velocities = new Map(
      [...parameters].map(([name, value]) => [name, tidy(() => variable(zerosLike(value), false))]),
    );
  }

  step(grads: ReadonlyMap<string, Tensor>, learningRate: number): void {
    tidy(() => {
      for (const [name, gradient] of grads) {
        const [velocity, value] = [this.#velocities.get(name), this.#parameters.get(name)] as [Variable, Variable];
        velocity.assign(add(mul(velocity, MOMENTUM), gradient) as Variable);
        value.assign(sub(value, mul(velocity, learningRate)) as Variable);
      }
    });
  }

  stateDict(): ReadonlyMap<string, Tensor> {
    return this.#velocities;
  }

  loadStateDict(state: ReadonlyMap<string, Tensor>): void {
    for (const [name, value] of state) this.#velocities.get(name)?.assign(value as Variable);
  }

  dispose(): void {
    for (const velocity of this.#velocities.values()) velocity.dispose();
  }
}
