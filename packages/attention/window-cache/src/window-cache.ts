// A cache that forgets: the last positions within a window, and the very first, where attention likes to rest.
//
//   kept = [0 … sinks) ∪ (t − window … t]
//
// With sinks, kept keys are placed 0, 1, 2 … anew at each step, so that a model never sees a distance that it was not
// trained on: attention gives this cache keys without positions (`places`). Without sinks, it is Mistral's rolling cache.
// Sources: Xiong et al., "Efficient streaming language models with attention sinks", https://arxiv.org/abs/2309.17453,
// §3.2; Jiang et al., "Mistral 7B", https://arxiv.org/abs/2310.06825, §2.
// Shapes: B batch, K key/value heads, S kept positions, H head dim.

import type { KeyValueCache } from "@llm/kv-cache";
import { clone, concat, keep, slice, type Tensor, tidy } from "@tensorflow/tfjs-core";

/** How much is kept. */
export interface WindowCacheConfig {
  layers: number;
  /** Positions that a query sees, its own included. */
  window: number;
  /** First positions that are never forgotten; StreamingLLM has 4. Default 0. */
  sinks?: number;
}

interface Entry {
  k: Tensor;
  v: Tensor;
  /** Positions appended in all, forgotten ones included. */
  seen: number;
}

/** A `KeyValueCache` of constant size: at most sinks + window − 1 positions and those of the last step. */
export class WindowCache implements KeyValueCache {
  readonly layers: number;
  readonly window: number;
  readonly sinks: number;
  /** "own" with sinks: keys come unplaced. */
  readonly places: "text" | "own";
  #entries: (Entry | undefined)[];

  /** @throws Error when a count is none */
  constructor({ layers, window, sinks = 0 }: WindowCacheConfig) {
    for (const [name, count, least] of [
      ["layers", layers, 1],
      ["window", window, 1],
      ["sinks", sinks, 0],
    ] as const) {
      if (Number.isInteger(count) && count >= least) continue;
      throw new Error(`WindowCache: ${name} must be a whole number of at least ${least}, got ${count}`);
    }
    this.layers = layers;
    this.window = window;
    this.sinks = sinks;
    this.places = sinks > 0 ? "own" : "text";
    this.#entries = Array.from({ length: layers });
  }

  /** Positions that all layers have completed, forgotten ones included. */
  get length(): number {
    return Math.min(...this.#entries.map((entry) => entry?.seen ?? 0));
  }

  /**
   * @param layer 0 … layers − 1
   * @param k_BKSH keys of the next positions; not disposed
   * @param v_BKSH values of the same positions; not disposed
   * @returns keys and values that the new positions may see, owned by the cache until that layer's next change
   * @throws Error for a layer that does not exist or has already got these positions, or when shapes do not fit
   */
  append(layer: number, k_BKSH: Tensor, v_BKSH: Tensor): { k: Tensor; v: Tensor } {
    const past = this.#entry(layer);
    if ((past?.seen ?? 0) !== this.length) {
      throw new Error(
        `WindowCache: layer ${layer} has seen ${past?.seen} positions, but another layer only ${this.length}; ` +
          `append to every layer once per step, or drop a broken step with truncate(${this.length})`,
      );
    }
    checkShapes(k_BKSH, v_BKSH, past);
    const grow = (old: Tensor | undefined, next: Tensor): Tensor =>
      tidy(() => keep(old ? concat([this.#forget(old), next], 2) : clone(next)));
    const entry = { k: grow(past?.k, k_BKSH), v: grow(past?.v, v_BKSH) };
    this.#replace(layer, { ...entry, seen: (past?.seen ?? 0) + (k_BKSH.shape[2] as number) });
    return entry;
  }

  /** @throws Error unless 0 ≤ length ≤ this.length and everything that its next token sees is still there */
  truncate(length: number): void {
    if (!Number.isInteger(length) || length < 0 || length > this.length) {
      throw new Error(`WindowCache: truncate needs a length from 0 to ${this.length}, got ${length}`);
    }
    for (const entry of this.#entries) {
      const kept = entry ? (entry.k.shape[2] as number) : 0;
      const left = kept - ((entry?.seen ?? 0) - length);
      const complete = kept === (entry?.seen ?? 0) || left >= this.sinks + this.window - 1;
      if (length > 0 && !complete) {
        throw new Error(
          `WindowCache: cannot go back to length ${length}: positions that it sees are forgotten; truncate(0) and read the text again`,
        );
      }
    }
    this.#entries.forEach((entry, layer) => {
      if (!entry || entry.seen === length) return;
      const left = (entry.k.shape[2] as number) - (entry.seen - length);
      const head = (x: Tensor): Tensor => keep(cut(x, 0, left));
      this.#replace(layer, length === 0 ? undefined : { k: head(entry.k), v: head(entry.v), seen: length });
    });
  }

  dispose(): void {
    for (let layer = 0; layer < this.layers; layer++) this.#replace(layer, undefined);
  }

  /** Without what the next token cannot see. */
  #forget(x: Tensor): Tensor {
    const kept = x.shape[2] as number;
    const recent = this.window - 1;
    if (kept <= this.sinks + recent) return x;
    const last = cut(x, kept - recent, recent);
    return this.sinks === 0 ? last : concat([cut(x, 0, this.sinks), last], 2);
  }

  #entry(layer: number): Entry | undefined {
    if (!Number.isInteger(layer) || layer < 0 || layer >= this.layers) {
      throw new Error(`WindowCache: layer must be an integer from 0 to ${this.layers - 1}, got ${layer}`);
    }
    return this.#entries[layer];
  }

  #replace(layer: number, entry: Entry | undefined): void {
    const old = this.#entries[layer];
    this.#entries[layer] = entry;
    old?.k.dispose();
    old?.v.dispose();
  }
}

function cut(x: Tensor, from: number, size: number): Tensor {
  const [b, heads, , dim] = x.shape as [number, number, number, number];
  return slice(x, [0, 0, from, 0], [b, heads, size, dim]);
}

function checkShapes(k: Tensor, v: Tensor, past: Entry | undefined): void {
  const fits = (x: Tensor, old?: Tensor): boolean => !old || [0, 1, 3].every((i) => x.shape[i] === old.shape[i]);
  const same = k.rank === 4 && v.rank === 4 && [0, 1, 2].every((i) => k.shape[i] === v.shape[i]);
  if (same && fits(k, past?.k) && fits(v, past?.v)) return;
  throw new Error(
    "WindowCache: keys and values must be [batch, heads, time, head dim] of the same positions" +
      `${past ? ` and continue [${past.k.shape}]` : ""}, got [${k.shape}] and [${v.shape}]`,
  );
}
