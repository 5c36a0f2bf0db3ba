// A priority queue of numbered things, the highest priority first.
//
// A binary heap that moves its elements exactly as the C++ standard library of GCC does: among equal priorities the order
// is a matter of the moves, and sentencepiece's lists of equally good segmentations follow it.

/** A queue of items, each a whole number. */
export class Agenda {
  readonly #items: number[] = [];
  readonly #priorities: number[] = [];

  /** How many items it holds. */
  get size(): number {
    return this.#items.length;
  }

  /** The highest priority. */
  get topPriority(): number {
    return this.#priorities[0]!;
  }

  push(item: number, priority: number): void {
    this.#items.push(item);
    this.#priorities.push(priority);
    this.#rise(this.#items.length - 1, item, priority);
  }

  /** Takes out the item of the highest priority. */
  pop(): number {
    const items = this.#items;
    const priorities = this.#priorities;
    const top = items[0]!;
    const item = items.pop()!;
    const priority = priorities.pop()!;
    const size = items.length;
    if (size === 0) return top;
    // The hole goes down to a leaf along the larger children (of equals the right one), and the last item rises from there.
    let hole = 0;
    for (let child = 2; child <= size; child = 2 * hole + 2) {
      if (child === size || priorities[child]! < priorities[child - 1]!) child--;
      items[hole] = items[child]!;
      priorities[hole] = priorities[child]!;
      hole = child;
    }
    this.#rise(hole, item, priority);
    return top;
  }

  #rise(hole: number, item: number, priority: number): void {
    const items = this.#items;
    const priorities = this.#priorities;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!(priorities[parent]! < priority)) break;
      items[hole] = items[parent]!;
      priorities[hole] = priorities[parent]!;
      hole = parent;
    }
    items[hole] = item;
    priorities[hole] = priority;
  }
}
