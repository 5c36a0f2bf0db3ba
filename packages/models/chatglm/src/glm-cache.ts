// A cache that remembers what its rows began with, because later tokens stand where that says.

import { KVCache } from "@llm/kv-cache";
import { keep } from "@tensorflow/tfjs-core";
import type { RowPlans } from "./places.js";

/** Keys and values of a `GLM`, and the plans of the rows that fill it. */
export class GLMCache extends KVCache {
  #plans: RowPlans | undefined;

  /** Plans of the rows in the cache; undefined when there are none, or their positions were given. */
  get plans(): RowPlans | undefined {
    return this.#plans;
  }

  /** Takes the plans over, and frees those before. */
  remember({ given, slot }: RowPlans): void {
    this.#forget();
    this.#plans = { given: keep(given), slot: keep(slot) };
  }

  override dispose(): void {
    super.dispose();
    this.#forget();
  }

  #forget(): void {
    this.#plans?.given.dispose();
    this.#plans?.slot.dispose();
    this.#plans = undefined;
  }
}
