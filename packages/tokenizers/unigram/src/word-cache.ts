// How words were segmented last time. Text repeats its words, so nearly every word is found here, and then encoding is a
// hash, a comparison and a copy. The key is looked up where it stands: no string is made for it.
//
// Bounded in memory (the pools have a fixed size, and when one is full all is forgotten) and in time (a word is
// looked for in at most PROBES slots), whatever the text.

const SLOTS = 1 << 16;
const PROBES = 8;
const FIELDS = 4;
const KEY_UNITS = 1 << 19;
const ID_COUNT = 1 << 19;
/** Longer words are rare, and seldom come again. */
export const MAX_CACHED = 40;

/** Word (UTF-16 units) → ids, and how sure they are. */
export class WordCache {
  // A slot: hash, start of the key in #keys, length of the key (0: empty) and number of ids << 8, start of the ids in `ids`.
  readonly #slots = new Int32Array(SLOTS * FIELDS);
  readonly #keys = new Uint16Array(KEY_UNITS);
  #keysUsed = 0;
  #idsUsed = 0;
  // The last word that was looked for and not found: its hash and the slot for it.
  #hash = 0;
  #slot = 0;
  readonly #limits = new Float64Array(SLOTS);
  /** Pool of ids. */
  readonly ids: Int32Array = new Int32Array(ID_COUNT);
  /** Of the word found last: where its ids are in the pool, and from which distance to zero on sums may decide otherwise. */
  first = 0;
  count = 0;
  limit = 0;

  /** Looks for `units[begin, end)`. */
  find(units: Uint16Array, begin: number, end: number): boolean {
    const length = end - begin;
    let hash = length;
    for (let i = begin; i < end; i++) hash = Math.imul(hash + units[i]!, 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash ^= hash >>> 12;
    const slots = this.#slots;
    const home = hash & (SLOTS - 1);
    this.#hash = hash;
    this.#slot = home;
    for (let probe = 0; probe < PROBES; probe++) {
      const slot = (home + probe) & (SLOTS - 1);
      const at = slot * FIELDS;
      const sizes = slots[at + 2]!;
      if (sizes === 0) {
        this.#slot = slot;
        return false;
      }
      if (slots[at] === hash && (sizes & 255) === length && this.#equals(slots[at + 1]!, units, begin, end)) {
        this.first = slots[at + 3]!;
        this.count = sizes >> 8;
        this.limit = this.#limits[slot]!;
        return true;
      }
    }
    return false;
  }

  /** Keeps `count` ids, given from last to first, for `units[begin, end)`, the word that `find` has just not found. */
  keep(units: Uint16Array, begin: number, end: number, ids: Int32Array, count: number, limit: number): void {
    if (this.#keysUsed + end - begin > KEY_UNITS || this.#idsUsed + count > ID_COUNT) {
      this.#slots.fill(0);
      this.#keysUsed = 0;
      this.#idsUsed = 0;
    }
    const at = this.#slot * FIELDS;
    this.#slots[at] = this.#hash;
    this.#slots[at + 1] = this.#keysUsed;
    this.#slots[at + 2] = (end - begin) | (count << 8);
    this.#slots[at + 3] = this.#idsUsed;
    this.#limits[this.#slot] = limit;
    for (let i = begin; i < end; i++) this.#keys[this.#keysUsed++] = units[i]!;
    for (let i = count - 1; i >= 0; i--) this.ids[this.#idsUsed++] = ids[i]!;
  }

  #equals(key: number, units: Uint16Array, begin: number, end: number): boolean {
    const keys = this.#keys;
    for (let i = begin, k = key; i < end; i++, k++) if (keys[k] !== units[i]) return false;
    return true;
  }
}
