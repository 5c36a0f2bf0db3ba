// The pairs, the one to join next in front: that of the highest gain, of equals the one with the lowest ids.
//
// A binary heap in which every pair stands once, so that it never outgrows the pairs. A pair keeps the gain that it was put in
// with; that falls behind as other joins take from the pair, and is put right when the pair comes to the front.

import { grow } from "./grow.js";
import type { PairTable } from "./pair-table.js";

const OUT = -1;

/** A queue of the pairs of a table. */
export class PairQueue {
  readonly #pairs: PairTable;
  readonly #gain: (pair: number) => number;
  #size = 0;
  #heap: Int32Array = new Int32Array(1024);
  #gains: Float64Array = new Float64Array(1024);
  /** Where in the heap a pair stands, + 1; 0 for one that is out. */
  #places: Int32Array = new Int32Array(1024);

  constructor(pairs: PairTable, gain: (pair: number) => number) {
    this.#pairs = pairs;
    this.#gain = gain;
  }

  /** Puts a pair in, or where it belongs by now. */
  offer(pair: number): void {
    this.#gains = grow(this.#gains, pair + 1);
    this.#places = grow(this.#places, pair + 1);
    const before = this.#gains[pair]!;
    const gain = this.#gain(pair);
    this.#gains[pair] = gain;
    let at = this.#places[pair]! - 1;
    if (at === OUT) {
      at = this.#size++;
      this.#heap = grow(this.#heap, this.#size);
      this.#up(at, pair);
    } else if (gain > before) this.#up(at, pair);
    else if (gain < before) this.#down(at, pair);
  }

  /** Takes the first pair out; -1 when there is none. */
  take(): number {
    while (this.#size > 0) {
      const pair = this.#heap[0]!;
      const gain = this.#gain(pair);
      if (gain === this.#gains[pair]) {
        this.#places[pair] = 0;
        const last = this.#heap[--this.#size]!;
        if (this.#size > 0) this.#down(0, last);
        return pair;
      }
      this.#gains[pair] = gain;
      this.#down(0, pair);
    }
    return OUT;
  }

  #up(start: number, pair: number): void {
    const heap = this.#heap;
    let at = start;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const other = heap[parent]!;
      if (!this.#before(pair, other)) break;
      heap[at] = other;
      this.#places[other] = at + 1;
      at = parent;
    }
    heap[at] = pair;
    this.#places[pair] = at + 1;
  }

  #down(start: number, pair: number): void {
    const heap = this.#heap;
    const size = this.#size;
    let at = start;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#before(heap[child + 1]!, heap[child]!)) child++;
      const other = heap[child]!;
      if (!this.#before(other, pair)) break;
      heap[at] = other;
      this.#places[other] = at + 1;
      at = child;
    }
    heap[at] = pair;
    this.#places[pair] = at + 1;
  }

  #before(a: number, b: number): boolean {
    const more = this.#gains[a]! - this.#gains[b]!;
    if (more !== 0) return more > 0;
    const { left, right } = this.#pairs;
    return left[a] !== left[b] ? left[a]! < left[b]! : right[a]! < right[b]!;
  }
}
