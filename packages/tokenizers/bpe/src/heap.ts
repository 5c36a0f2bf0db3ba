// A priority queue of numbers as a binary heap: push and pop take log2(size) comparisons.
//
//   items[i] leaves before items[2 i + 1] and items[2 i + 2]

import { grow } from "./grow.js";

/** A binary heap of numbers; `before(a, b)` says whether a leaves the heap before b. */
export class Heap {
  size = 0;
  #items: Float64Array;
  readonly #before: (a: number, b: number) => boolean;

  constructor(before: (a: number, b: number) => boolean, capacity = 64) {
    this.#before = before;
    this.#items = new Float64Array(capacity);
  }

  push(item: number): void {
    this.#items = grow(this.#items, this.size + 1);
    const items = this.#items;
    let at = this.size++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#before(item, items[parent]!)) break;
      items[at] = items[parent]!;
      at = parent;
    }
    items[at] = item;
  }

  /** Takes the first item away; only while `size` is above 0. */
  pop(): number {
    const items = this.#items;
    const first = items[0]!;
    const size = --this.size;
    const item = items[size]!;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) break;
      if (child + 1 < size && this.#before(items[child + 1]!, items[child]!)) child++;
      if (!this.#before(items[child]!, item)) break;
      items[at] = items[child]!;
      at = child;
    }
    items[at] = item;
    return first;
  }
}
