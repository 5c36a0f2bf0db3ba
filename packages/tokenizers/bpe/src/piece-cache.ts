// What a piece of text was encoded to last time. Text repeats its words, so nearly every piece is found here,
// and then encoding is one hash, one comparison and a copy. The key is looked up where it stands in the text:
// no substring is made for it.
//
// Bounded in memory (the pools have a fixed size, and when one is full all is forgotten) and in time (a
// piece is looked for in at most PROBES slots), whatever the text.

const SLOTS = 1 << 17;
const PROBES = 8;
const KEY_UNITS = 1 << 20;
const ID_COUNT = 1 << 20;
/** Longer pieces are rare, and seldom come again. */
export const MAX_CACHED = 48;

/** Text of a piece (UTF-16 units) → ids. */
export class PieceCache {
  // A slot: hash, start of the key in #keys, length of the key (0: empty) and number of ids << 8, start of the ids in #ids.
  readonly #slots = new Int32Array(SLOTS * 4);
  readonly #keys = new Uint16Array(KEY_UNITS);
  readonly #ids = new Int32Array(ID_COUNT);
  #keysUsed = 0;
  #idsUsed = 0;
  // The last piece that was looked for and not found: its hash and the slot for it.
  #hash = 0;
  #slot = 0;

  /** Appends the ids of `text[start, end)` to `out` if they are known. */
  append(text: string, start: number, end: number, out: number[]): boolean {
    let hash = end - start;
    for (let i = start; i < end; i++) hash = Math.imul(hash + text.charCodeAt(i), 0x9e3779b1);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    hash ^= hash >>> 12;
    const slots = this.#slots;
    const home = hash & (SLOTS - 1);
    this.#hash = hash;
    this.#slot = home * 4;
    for (let probe = 0; probe < PROBES; probe++) {
      const at = ((home + probe) & (SLOTS - 1)) * 4;
      const sizes = slots[at + 2]!;
      if (sizes === 0) {
        this.#slot = at;
        return false;
      }
      if (slots[at] === hash && (sizes & 255) === end - start && this.#equals(slots[at + 1]!, text, start, end)) {
        const first = slots[at + 3]!;
        const ids = this.#ids;
        for (let i = first; i < first + (sizes >> 8); i++) out.push(ids[i]!);
        return true;
      }
    }
    return false;
  }

  /** Keeps the first `n` of `ids` for `text[start, end)`, the piece that `append` has just not found. */
  keep(text: string, start: number, end: number, ids: Int32Array, n: number): void {
    if (this.#keysUsed + end - start > KEY_UNITS || this.#idsUsed + n > ID_COUNT) {
      this.#slots.fill(0);
      this.#keysUsed = 0;
      this.#idsUsed = 0;
    }
    const at = this.#slot;
    this.#slots[at] = this.#hash;
    this.#slots[at + 1] = this.#keysUsed;
    this.#slots[at + 2] = (end - start) | (n << 8);
    this.#slots[at + 3] = this.#idsUsed;
    for (let i = start; i < end; i++) this.#keys[this.#keysUsed++] = text.charCodeAt(i);
    for (let i = 0; i < n; i++) this.#ids[this.#idsUsed++] = ids[i]!;
  }

  #equals(key: number, text: string, start: number, end: number): boolean {
    const keys = this.#keys;
    for (let i = start, k = key; i < end; i++, k++) if (keys[k] !== text.charCodeAt(i)) return false;
    return true;
  }
}
