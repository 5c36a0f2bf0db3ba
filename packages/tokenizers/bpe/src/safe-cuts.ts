// Where a text may be cut without changing what BPE makes of it.
//
// A join can cross the place between two characters only if some token holds the two side by side. So wherever no token
// does, in "e▁" of a sentencepiece vocabulary above all, the text falls into two that have nothing to do with each
// other: sentences without a pre-tokenizer become words, and these are found in the cache.
//
// The pairs of UTF-16 units that tokens hold stand in a table of bits by their hash. Two pairs may share a bit, and then a
// place is not cut that could be: slower by a little, never wrong.

const MAX_BITS = 1 << 22;

/** The places of a text that no token of a vocabulary crosses. */
export class SafeCuts {
  readonly #bits: Uint32Array;
  readonly #mask: number;
  /** Whether tokens hold U+FFFD beside another unit, and so half a character, which counts as U+FFFD. */
  readonly #halves: boolean;

  /** `tokens`: all that joining can make. */
  constructor(tokens: Iterable<string>) {
    const pairs = new Set<number>();
    for (const token of tokens) {
      for (let i = 1; i < token.length; i++) pairs.add(token.charCodeAt(i - 1) * 0x10000 + token.charCodeAt(i));
    }
    let size = 1 << 12;
    while (size < pairs.size * 16 && size < MAX_BITS) size *= 2;
    this.#bits = new Uint32Array(size / 32);
    this.#mask = size - 1;
    this.#halves = [...pairs].some((pair) => (pair & 0xffff) === 0xfffd || Math.floor(pair / 0x10000) === 0xfffd);
    for (const pair of pairs) {
      const bit = hash(Math.floor(pair / 0x10000), pair & 0xffff) & this.#mask;
      this.#bits[bit >>> 5]! |= 1 << (bit & 31);
    }
  }

  /** The first safe place after `start`, `end` at the latest. */
  next(text: string, start: number, end: number): number {
    const bits = this.#bits;
    const mask = this.#mask;
    let left = text.charCodeAt(start);
    for (let at = start + 1; at < end; at++) {
      const right = text.charCodeAt(at);
      const bit = hash(left, right) & mask;
      const crossed =
        ((bits[bit >>> 5]! >>> (bit & 31)) & 1) === 1 || (this.#halves && (isSurrogate(left) || isSurrogate(right)));
      if (!crossed && (right & 0xfc00) !== 0xdc00) return at; // never inside of a character
      left = right;
    }
    return end;
  }
}

const isSurrogate = (unit: number): boolean => (unit & 0xf800) === 0xd800;

function hash(left: number, right: number): number {
  const h = Math.imul(left, 0x9e3779b1) ^ Math.imul(right, 0x85ebca6b);
  return h ^ (h >>> 15);
}
