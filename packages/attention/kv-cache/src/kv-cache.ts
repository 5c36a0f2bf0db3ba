// Keeps the keys and values of past positions, so that decoding computes each position once.
//
//   keys(layer) = [keys of positions 0 … length − 1 ; keys of the new ones]
//
// Attention modules see the interface `KeyValueCache` only. `KVCache` joins tensors, which copies the past
// once per step; a cache in preallocated or paged memory can take its place.
// Source: Pope et al., "Efficiently scaling transformer inference", arXiv:2211.05102, §2.
// Shapes: B batch, K key/value heads, S key time, H head dim.

import { clone, concat, keep, slice, type Tensor } from "@tensorflow/tfjs-core";

/** What attention needs of a cache. */
export interface KeyValueCache {
  /** Number of positions that all layers have completed: the position of the next token. */
  readonly length: number;
  /**
   * "own" when keys change their places as the cache forgets others: it is given keys before any position encoding, and
   * what it returns is placed 0, 1, 2 … Default: keys come with the positions of the text.
   */
  readonly places?: "text" | "own";
  /**
   * Adds one layer's keys and values for the next positions and returns those of all positions. The cache
   * owns what it returns; it is valid until that layer's next change.
   */
  append(layer: number, k_BKSH: Tensor, v_BKSH: Tensor): { k: Tensor; v: Tensor };
  /** Forgets all positions from `length` on, in every layer. */
  truncate(length: number): void;
  /** Forgets everything and frees the memory. */
  dispose(): void;
}

/** How many layers share the cache. */
export interface KVCacheConfig {
  layers: number;
}

interface Entry {
  k: Tensor;
  v: Tensor;
}

/** A `KeyValueCache` of one growing tensor for keys and one for values in each layer. */
export class KVCache implements KeyValueCache {
  readonly layers: number;
  #entries: (Entry | undefined)[];

  /** @throws Error unless `layers` is a positive integer */
  constructor({ layers }: KVCacheConfig) {
    if (!Number.isInteger(layers) || layers < 1) {
      throw new Error(`KVCache: layers must be a positive integer, got ${layers}`);
    }
    this.layers = layers;
    this.#entries = Array.from({ length: layers });
  }

  get length(): number {
    return Math.min(...this.#entries.map(lengthOf));
  }

  /**
   * @param layer 0 … layers − 1
   * @param k_BKSH keys of the next positions; not disposed
   * @param v_BKSH values of the same positions; not disposed
   * @returns keys and values of all positions so far, owned by the cache
   * @throws Error for a layer that does not exist or has already got these positions, or when shapes do not fit
   */
  append(layer: number, k_BKSH: Tensor, v_BKSH: Tensor): { k: Tensor; v: Tensor } {
    const past = this.#entry(layer);
    if (lengthOf(past) !== this.length) {
      throw new Error(
        `KVCache: layer ${layer} holds ${lengthOf(past)} positions, but another layer only ${this.length}; ` +
          `append to every layer once per step, or drop a broken step with truncate(${this.length})`,
      );
    }
    checkShapes(k_BKSH, v_BKSH, past);
    const grow = (old: Tensor | undefined, tensor: Tensor): Tensor =>
      keep(old ? concat([old, tensor], 2) : clone(tensor));
    const entry = { k: grow(past?.k, k_BKSH), v: grow(past?.v, v_BKSH) };
    this.#replace(layer, entry);
    return { ...entry };
  }

  /** @throws Error unless 0 ≤ length ≤ this.length */
  truncate(length: number): void {
    if (!Number.isInteger(length) || length < 0 || length > this.length) {
      throw new Error(`KVCache: truncate needs a length from 0 to ${this.length}, got ${length}`);
    }
    this.#entries.forEach((entry, layer) => {
      if (!entry || lengthOf(entry) === length) return;
      const head = (tensor: Tensor): Tensor => {
        const [b, heads, , dim] = tensor.shape as [number, number, number, number];
        return keep(slice(tensor, [0, 0, 0, 0], [b, heads, length, dim]));
      };
      this.#replace(layer, length === 0 ? undefined : { k: head(entry.k), v: head(entry.v) });
    });
  }

  dispose(): void {
    for (let layer = 0; layer < this.layers; layer++) this.#replace(layer, undefined);
  }

  #entry(layer: number): Entry | undefined {
    if (!Number.isInteger(layer) || layer < 0 || layer >= this.layers) {
      throw new Error(`KVCache: layer must be an integer from 0 to ${this.layers - 1}, got ${layer}`);
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

const lengthOf = (entry: Entry | undefined): number => entry?.k.shape[2] ?? 0;

function checkShapes(k: Tensor, v: Tensor, past: Entry | undefined): void {
  if (k.rank !== 4 || v.rank !== 4 || [0, 1, 2].some((i) => k.shape[i] !== v.shape[i])) {
    throw new Error(
      `KVCache: keys and values must be [batch, heads, time, head dim] of the same positions, got [${k.shape}] and [${v.shape}]`,
    );
  }
  if (!past) return;
  for (const [name, tensor, old] of [
    ["keys", k, past.k],
    ["values", v, past.v],
  ] as const) {
    if ([0, 1, 3].some((i) => tensor.shape[i] !== old.shape[i])) {
      throw new Error(`KVCache: ${name} of shape [${tensor.shape}] do not continue the cached [${old.shape}]`);
    }
  }
}
