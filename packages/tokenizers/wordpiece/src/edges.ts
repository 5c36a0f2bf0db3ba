// The edges of a trie, all in one table: (node, UTF-16 unit) → child, by open addressing, at most half full.
//
// The hash is seeded afresh for each table, so that nobody can write a vocabulary whose edges all collide.

const EMPTY = -1;

/** Edges of a trie whose nodes are numbers. */
export class Edges {
  size = 0;
  #table = new Int32Array(3 * 1024).fill(EMPTY);
  #mask = 1023;
  readonly #seed = (Math.random() * 0x1_0000_0000) | 0;

  /** The child of `node` along `unit`, or -1. */
  get(node: number, unit: number): number {
    const table = this.#table;
    return table[this.#find(table, node, unit) + 2]!;
  }

  /** Adds an edge that is not there. */
  add(node: number, unit: number, child: number): void {
    if (this.size * 2 > this.#mask) this.#rehash();
    this.#put(node, unit, child);
    this.size++;
  }

  #put(node: number, unit: number, child: number): void {
    const at = this.#find(this.#table, node, unit);
    this.#table[at] = node;
    this.#table[at + 1] = unit;
    this.#table[at + 2] = child;
  }

  /** Where the edge is, or where it would be put; an empty slot holds -1 as its child too. */
  #find(table: Int32Array, node: number, unit: number): number {
    let h = Math.imul(node ^ this.#seed, 0x9e3779b1);
    h = Math.imul((h ^ (h >>> 15)) + unit, 0x85ebca6b);
    for (let slot = h ^ (h >>> 13); ; slot++) {
      const at = (slot & this.#mask) * 3;
      const held = table[at]!;
      if (held === EMPTY || (held === node && table[at + 1] === unit)) return at;
    }
  }

  #rehash(): void {
    const old = this.#table;
    this.#table = new Int32Array(old.length * 2).fill(EMPTY);
    this.#mask = this.#mask * 2 + 1;
    for (let i = 0; i < old.length; i += 3) if (old[i] !== EMPTY) this.#put(old[i]!, old[i + 1]!, old[i + 2]!);
  }
}
