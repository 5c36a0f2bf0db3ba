// The embedding of a model with its gradient shrunk, put in from outside.

import { Module } from "@llm/module";
import type { Tensor, Variable } from "@tensorflow/tfjs-core";
import { shrinkGradient } from "./shrink-gradient.js";

/** A module with a table `weight`, such as `Embedding`. */
export type Table = Module & { weight: Variable; forward(ids: Tensor): Tensor };

/**
 * A table whose look-ups give back a part of their gradient. It stands where the table stood and has its parameter under
 * the same name; a head that is tied to the table learns from it at full strength.
 */
export class ShrunkEmbedding extends Module {
  weight: Variable;
  readonly alpha: number;
  readonly #table: Table;

  constructor(table: Table, alpha: number) {
    super();
    this.weight = table.weight;
    this.alpha = alpha;
    this.#table = table;
  }

  /** int32 [...] → [..., dim] */
  forward(ids: Tensor): Tensor {
    return shrinkGradient(this.#table.forward(ids), this.alpha);
  }
}

/**
 * Shrinks the gradient of a model's embedding, in place.
 *
 * @param model has a module with a `weight` at `path`
 * @throws Error when there is none
 */
export function shrinkEmbeddingGradient(
  model: Module,
  { alpha = 0.1, path = "embed_tokens" }: { alpha?: number; path?: string } = {},
): void {
  const table = model.getModule(path) as Table;
  if (!table.weight || typeof table.forward !== "function") {
    throw new Error(`shrinkEmbeddingGradient: the module at "${path}" has no table; give the embedding's path`);
  }
  model.setModule(path, new ShrunkEmbedding(table, alpha));
}
