// Earlier states of a run, in memory.
//
// A snapshot shares its data with the parameters until these change: backends copy when something else still refers to
// the data. So taking one costs nothing, and keeping one costs the memory of parameters and optimizer state.

import type { NamedParameters } from "@llm/ops";
import { clone, keep, type Tensor, tidy, type Variable } from "@tensorflow/tfjs-core";

/** Anything with a state dictionary: an optimizer. */
export interface Stateful {
  stateDict(): ReadonlyMap<string, Tensor>;
  loadStateDict(state: ReadonlyMap<string, Tensor>): void;
}

interface Snapshot {
  step: number;
  parameters: Map<string, Tensor>;
  optimizer: Map<string, Tensor>;
}

/** The last few states of a run. */
export class Snapshots {
  readonly #parameters: NamedParameters;
  readonly #optimizer: Stateful;
  readonly #count: number;
  #kept: Snapshot[] = [];

  /** @param options `count`: how many are kept, the newest. Default 3. */
  constructor(parameters: NamedParameters, optimizer: Stateful, { count = 3 }: { count?: number } = {}) {
    if (!Number.isSafeInteger(count) || count < 1) {
      throw new RangeError(`Snapshots: count must be a whole number of at least 1, got ${count}`);
    }
    this.#parameters = parameters;
    this.#optimizer = optimizer;
    this.#count = count;
  }

  /** The steps of the states that are there, oldest first. */
  get steps(): number[] {
    return this.#kept.map(({ step }) => step);
  }

  /** Keeps the present state as that after `step` steps; the oldest is let go. */
  take(step: number): void {
    this.#kept.push({ step, parameters: copies(this.#parameters), optimizer: copies(this.#optimizer.stateDict()) });
    if (this.#kept.length > this.#count) release(this.#kept.shift() as Snapshot);
  }

  /**
   * Restores the newest state that is not later than `step`, or the oldest there is; later ones are let go.
   *
   * @returns the number of steps done in that state
   * @throws Error when there is no state at all
   */
  restore(step: number): number {
    while (this.#kept.length > 1 && (this.#kept.at(-1) as Snapshot).step > step) release(this.#kept.pop() as Snapshot);
    const snapshot = this.#kept.at(-1);
    if (!snapshot) throw new Error("Snapshots: no state was taken yet, so there is none to go back to");
    for (const [name, value] of snapshot.parameters) this.#parameters.get(name)?.assign(value as Variable);
    this.#optimizer.loadStateDict(snapshot.optimizer);
    return snapshot.step;
  }

  /** Frees all of them. */
  dispose(): void {
    this.#kept.forEach(release);
    this.#kept = [];
  }
}

function copies(tensors: ReadonlyMap<string, Tensor>): Map<string, Tensor> {
  return new Map([...tensors].map(([name, value]) => [name, tidy(() => keep(clone(value)))]));
}

function release({ parameters, optimizer }: Snapshot): void {
  for (const tensors of [parameters, optimizer]) for (const value of tensors.values()) value.dispose();
}
