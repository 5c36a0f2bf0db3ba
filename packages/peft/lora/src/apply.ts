// Adapts a model from outside: it replaces linear layers in the tree of modules, and puts them back.

import type { Module, NamedParameters } from "@llm/module";
import { Random } from "@llm/random";
import type { Variable } from "@tensorflow/tfjs-core";
import { LoraLinear, type LoraLinearConfig } from "./module.js";
import { findTargets, type LoraTargets } from "./targets.js";

/** What is adapted, and how. */
export interface LoraConfig extends LoraLinearConfig {
  targets: LoraTargets;
}

/** `LoraConfig` with nothing left open. */
export type ResolvedLoraConfig = Required<Omit<LoraConfig, "random">>;

const handles = new WeakMap<Module, LoraHandle>();

/** An adapted model. It is in force until `merge` or `remove`. */
export class LoraHandle {
  readonly config: ResolvedLoraConfig;
  /** The adapted layers by path. */
  readonly layers: ReadonlyMap<string, LoraLinear>;
  /** The adapters' parameters by path, for the optimizer; nothing else is trainable. */
  readonly parameters: NamedParameters;
  readonly #model: Module;
  readonly #trainable: ReadonlyMap<Variable, boolean>;

  /** Called by `applyLora`. */
  constructor(
    model: Module,
    config: ResolvedLoraConfig,
    layers: ReadonlyMap<string, LoraLinear>,
    trainable: ReadonlyMap<Variable, boolean>,
  ) {
    this.#model = model;
    this.config = config;
    this.layers = layers;
    this.#trainable = trainable;
    this.parameters = new Map(
      [...layers].flatMap(([path, { loraA, loraB }]): [string, Variable][] => [
        [path === "" ? "lora_a" : `${path}.lora_a`, loraA],
        [path === "" ? "lora_b" : `${path}.lora_b`, loraB],
      ]),
    );
  }

  /** Number of trained values. */
  get parameterCount(): number {
    return [...this.parameters.values()].reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Adds the updates to the model's own weights and puts the plain layers back, which from then on compute what the
   * adapted ones did. Frees the adapters.
   */
  merge(): void {
    this.#assertInForce("merge");
    for (const layer of this.layers.values()) layer.mergeIntoBase();
    this.remove();
  }

  /** Puts the plain layers and their `trainable` flags back exactly as they were, and frees the adapters. */
  remove(): void {
    this.#assertInForce("remove");
    handles.delete(this.#model);
    for (const [path, layer] of this.layers) {
      layer.base.training = layer.training;
      this.#model.setModule(path, layer.base);
      layer.disposeAdapter();
    }
    for (const [variable, trainable] of this.#trainable) variable.trainable = trainable;
  }

  #assertInForce(action: string): void {
    if (handles.get(this.#model) !== this) {
      throw new Error(`LoraHandle.${action}: the adapters were merged or removed before`);
    }
  }
}

/**
 * Freezes the model and adapts the linear layers that the targets choose.
 *
 * @param config `alpha` defaults to 2·rank; `random` draws A, each layer from a stream of its own
 * @throws Error when a target matches no linear layer, or the model is adapted already; the model is unchanged then
 */
export function applyLora(model: Module, config: LoraConfig): LoraHandle {
  const { rank, alpha = 2 * rank, targets, dropout = 0, scaling = "lora", random = new Random(0) } = config;
  if (handles.has(model)) throw new Error("applyLora: the model is adapted already; merge or remove that first");
  const found = findTargets(model, targets);
  if (found.has("")) throw new Error("applyLora: the model is itself a linear layer; wrap it with LoraLinear instead");
  const layers = new Map(
    [...found].map(([path, base]) => [
      path,
      new LoraLinear(base, { rank, alpha, dropout, scaling, random: random.fork("lora", path) }),
    ]),
  );
  const trainable = new Map([...model.namedParameters().values()].map((p) => [p, p.trainable]));
  for (const variable of trainable.keys()) variable.trainable = false;
  for (const [path, layer] of layers) model.setModule(path, layer);
  const handle = new LoraHandle(model, { rank, alpha, targets, dropout, scaling }, layers, trainable);
  handles.set(model, handle);
  return handle;
}

/**
 * The handle of a model that `applyLora` adapted.
 * @throws Error when it is not adapted
 */
export function loraHandle(model: Module): LoraHandle {
  const handle = handles.get(model);
  if (!handle) throw new Error("loraHandle: the model is not adapted; call applyLora first");
  return handle;
}

/** Merges the adapters of a model into its weights; see `LoraHandle.merge`. */
export function mergeLora(model: Module): void {
  loraHandle(model).merge();
}

/** Takes the adapters off a model; see `LoraHandle.remove`. */
export function unloadLora(model: Module): void {
  loraHandle(model).remove();
}
