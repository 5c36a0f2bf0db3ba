// AdamW over named parameters.
//
// All state is kept by parameter NAME, one step count each, as PyTorch keeps it per parameter: freezing one, giving
// gradients in another order, or resuming with more parameters than before never moves state from one to another.
// (tf.train.Adam keeps its moments by position, and mixes them up.)

import { hasKernel, type NamedParameters } from "@llm/ops";
import { engine, keep, scalar, type Tensor, tidy, type Variable, variable, zeros } from "@tensorflow/tfjs-core";
import { adamWUpdate } from "./adamw-update.js";
import { type AdamWKernelAttrs, adamWContract } from "./contract.js";
import { checkState } from "./state.js";

/** Settings that stay the same over a run; the learning rate is given at each step. */
export interface AdamWConfig {
  beta1?: number;
  beta2?: number;
  eps?: number;
  weightDecay?: number;
  /** Which parameters decay. Default: those with two dimensions or more, so neither norms nor biases. */
  decay?: (name: string, variable: Variable) => boolean;
}

interface Slot {
  m: Variable;
  v: Variable;
  step: number;
}

interface Job {
  name: string;
  parameter: Variable;
  grad: Tensor;
  slot: Slot;
}

/** The optimizer of most language models. It owns its moments, not the parameters. */
export class AdamW {
  /** `step` can scale the gradients itself, so a trainer need not make clipped ones. */
  readonly scalesGradients = true;
  readonly #parameters: NamedParameters;
  readonly #config: Required<AdamWConfig>;
  readonly #slots = new Map<string, Slot>();
  #counters: Tensor[] = [];

  constructor(
    parameters: NamedParameters,
    {
      beta1 = 0.9,
      beta2 = 0.999,
      eps = 1e-8,
      weightDecay = 0.01,
      decay = (_, parameter) => parameter.rank >= 2,
    }: AdamWConfig = {},
  ) {
    if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
      throw new RangeError(`AdamW: beta1 and beta2 must be at least 0 and below 1, got ${beta1} and ${beta2}`);
    }
    if (!(eps >= 0 && weightDecay >= 0)) {
      throw new RangeError(`AdamW: eps and weightDecay must not be negative, got ${eps} and ${weightDecay}`);
    }
    this.#parameters = parameters;
    this.#config = { beta1, beta2, eps, weightDecay, decay };
  }

  /**
   * Updates each parameter that has a gradient and is trainable; the others, and their state, stay as they are.
   *
   * @param grads by parameter name; not disposed
   * @param lr learning rate of this step
   * @param gradScale what every gradient is multiplied by first, as in clipping
   * @throws Error for a gradient of an unknown parameter or of another shape; nothing is changed then
   */
  step(grads: ReadonlyMap<string, Tensor>, lr: number, gradScale: number = 1): void {
    if (!(lr >= 0 && Number.isFinite(lr))) throw new RangeError(`AdamW: lr must be a number from 0, got ${lr}`);
    if (!Number.isFinite(gradScale)) throw new RangeError(`AdamW: gradScale must be finite, got ${gradScale}`);
    for (const [name, grad] of grads) this.#check(name, grad.shape);
    const jobs = [...grads].flatMap(([name, grad]): Job[] => {
      const parameter = this.#parameters.get(name) as Variable;
      return parameter.trainable ? [{ name, parameter, grad, slot: this.#slot(name, parameter) }] : [];
    });
    for (const { slot } of jobs) slot.step += 1;
    if (jobs.length === 0) return;
    if (hasKernel(adamWContract.name)) this.#fused(jobs, lr, gradScale);
    else for (const job of jobs) this.#update(job, lr, gradScale);
  }

  /**
   * The state by name: `exp_avg.<name>`, `exp_avg_sq.<name>` and the int32 scalar `step.<name>` of each parameter that
   * was ever updated. The tensors belong to the optimizer; the counts hold until the next call.
   */
  stateDict(): Map<string, Tensor> {
    this.#dropCounters();
    const state = new Map<string, Tensor>();
    for (const [name, { m, v, step }] of this.#slots) {
      const counter = keep(scalar(step, "int32"));
      this.#counters.push(counter);
      state.set(`exp_avg.${name}`, m).set(`exp_avg_sq.${name}`, v).set(`step.${name}`, counter);
    }
    return state;
  }

  /**
   * Continues exactly where `stateDict` was taken. Parameters that are not in the state begin anew.
   *
   * @param state not disposed
   * @throws Error listing what is unknown, incomplete or of another shape; nothing is changed then
   */
  loadStateDict(state: ReadonlyMap<string, Tensor>): void {
    const names = checkState(state, this.#parameters);
    this.dispose();
    for (const name of names) {
      const slot = this.#slot(name, this.#parameters.get(name) as Variable);
      slot.m.assign(state.get(`exp_avg.${name}`) as Variable);
      slot.v.assign(state.get(`exp_avg_sq.${name}`) as Variable);
      slot.step = (state.get(`step.${name}`) as Tensor).dataSync()[0] as number;
    }
  }

  /** Frees the moments. The optimizer can be used again, from zero. */
  dispose(): void {
    this.#dropCounters();
    for (const { m, v } of this.#slots.values()) {
      m.dispose();
      v.dispose();
    }
    this.#slots.clear();
  }

  #update({ name, parameter, grad, slot }: Job, lr: number, gradScale: number): void {
    tidy(() => {
      const { decay, ...numbers } = this.#config;
      const weightDecay = decay(name, parameter) ? numbers.weightDecay : 0;
      const next = adamWUpdate(
        { parameter, grad, m: slot.m, v: slot.v },
        { ...numbers, weightDecay, lr, step: slot.step, gradScale },
      );
      parameter.assign(next.parameter as Variable);
      slot.m.assign(next.m as Variable);
      slot.v.assign(next.v as Variable);
    });
  }

  /** All parameters in one call of the backend's kernel. */
  #fused(jobs: Job[], lr: number, gradScale: number): void {
    const { beta1, beta2, eps, weightDecay, decay } = this.#config;
    const targets = [
      ...jobs.map((job) => job.parameter),
      ...jobs.map((job) => job.slot.m),
      ...jobs.map((job) => job.slot.v),
    ];
    const attrs: AdamWKernelAttrs = {
      lr,
      beta1,
      beta2,
      eps,
      weightDecay: jobs.map(({ name, parameter }) => (decay(name, parameter) ? weightDecay : 0)),
      step: jobs.map((job) => job.slot.step),
      gradScale,
    };
    tidy(() => {
      const inputs = [...targets, ...jobs.map((job) => job.grad)];
      const next = engine().runKernel(adamWContract.name, inputs as never, attrs as never) as Tensor[];
      targets.forEach((target, i) => void target.assign(next[i] as Variable));
    });
  }

  #slot(name: string, parameter: Variable): Slot {
    let slot = this.#slots.get(name);
    if (!slot) {
      const zero = (): Variable => tidy(() => variable(zeros(parameter.shape), false));
      slot = { m: zero(), v: zero(), step: 0 };
      this.#slots.set(name, slot);
    }
    return slot;
  }

  #check(name: string, shape: number[]): void {
    const parameter = this.#parameters.get(name);
    if (!parameter) throw new Error(`AdamW: there is a gradient of "${name}", which is not among the parameters`);
    if (parameter.shape.join() !== shape.join()) {
      throw new Error(`AdamW: the gradient of ${name} must have shape [${parameter.shape}], got [${shape}]`);
    }
  }

  #dropCounters(): void {
    for (const counter of this.#counters) counter.dispose();
    this.#counters = [];
  }
}
