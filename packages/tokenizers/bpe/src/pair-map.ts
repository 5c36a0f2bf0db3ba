// A map from a pair of token ids to a number, as BPE needs it millions of times a second: open addressing
// in one Int32Array, three numbers a slot, linear probing, at most half full. A string key such as
// `${left},${right}` would cost an allocation for each look-up.
//
// The hash is seeded afresh for each map, so that nobody can write a vocabulary whose pairs all collide.

const EMPTY = -1;

/** (left, right) → value; ids and values are integers in [0, 2^31). */
export class PairMap {
  size = 0;
  #table: Int32Array;
  #mask: number;
  readonly #seed = (Math.random() * 0x1_0000_0000) | 0;

  /** `capacity`: how many pairs to expect; the map grows when there are more. */
  constructor(capacity = 1024) {
    let slots = 16;
    while (slots < capacity * 2) slots *= 2;
    this.#table = new Int32Array(slots * 3).fill(EMPTY);
    this.#mask = slots - 1;
  }

  /** The value of a pair, or -1. */
  get(left: number, right: number): number {
    const table = this.#table;
    return table[this.#find(table, left, right) + 2]!;
  }

  set(left: number, right: number, value: number): void {
    let at = this.#find(this.#table, left, right);
    if (this.#table[at] === EMPTY) {
      if (this.size * 2 > this.#mask) {
        this.#rehash();
        at = this.#find(this.#table, left, right);
      }
      this.size++;
      this.#table[at] = left;
      this.#table[at + 1] = right;
    }
    this.#table[at + 2] = value;
  }

  /** All pairs with their values, [left, right, value], in no order that means anything. */
  entries(): [number, number, number][] {
    const found: [number, number, number][] = [];
    const table = this.#table;
    for (let at = 0; at < table.length; at += 3) {
      if (table[at] !== EMPTY) found.push([table[at]!, table[at + 1]!, table[at + 2]!]);
    }
    return found;
  }

  /** Where the pair is, or where it would be put; an empty slot holds -1 as its value too. */
  #find(table: Int32Array, left: number, right: number): number {
    const mask = this.#mask;
    let h = Math.imul(left ^ this.#seed, 0x9e3779b1);
    h = Math.imul((h ^ (h >>> 15)) + right, 0x85ebca6b);
    let slot = (h ^ (h >>> 13)) & mask;
    for (;;) {
      const at = slot * 3;
      const held = table[at]!;
      if (held === EMPTY || (held === left && table[at + 1] === right)) return at;
      slot = (slot + 1) & mask;
    }
  }

  #rehash(): void {
    const old = this.#table;
    this.#table = new Int32Array(old.length * 2).fill(EMPTY);
    this.#mask = this.#mask * 2 + 1;
    for (let i = 0; i < old.length; i += 3) {
      if (old[i] === EMPTY) continue;
      const at = this.#find(this.#table, old[i]!, old[i + 1]!);
      for (let k = 0; k < 3; k++) this.#table[at + k] = old[i + k]!;
    }
  }
}
