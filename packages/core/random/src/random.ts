// A stream of random numbers that is a pure function of (seed, labels, position).
//
//   word(i) = Philox(counter = i, key = hash(seed, labels))
//
// `fork` derives an independent stream from names, so "dropout of step 7, micro-batch 2" needs no state
// that a checkpoint would have to carry.

import { philox } from "./philox.js";

/** What restores a stream exactly; plain JSON. */
export interface RandomState {
  key: [number, number];
  /** How many 32-bit words were drawn. */
  position: number;
}

type Label = string | number;

/** Seeded, counter-based random numbers; independent of platform and of every other stream. */
export class Random {
  #key: Uint32Array = new Uint32Array(2);
  #position = 0;
  #counter: Uint32Array = new Uint32Array(4);
  #block: Uint32Array = new Uint32Array(4);
  #blockIndex = -1;

  /** @param seed a number, or several (all of them count) */
  constructor(seed: number | readonly number[]) {
    for (const part of typeof seed === "number" ? [seed] : seed) this.#absorb(part);
  }

  /** The stream at the position that `state()` described. */
  static from(state: RandomState): Random {
    const random = new Random([]);
    random.#key.set(state.key);
    random.#position = state.position;
    return random;
  }

  /** Where the stream stands; `Random.from` continues from there. */
  state(): RandomState {
    return { key: [this.#key[0] as number, this.#key[1] as number], position: this.#position };
  }

  /** An independent stream named by `labels`. Does not advance this one. */
  fork(...labels: Label[]): Random {
    const child = new Random([]);
    child.#key.set(this.#key);
    for (const label of labels) child.#absorb(label);
    return child;
  }

  /** Passes over the next words, as if they had been drawn: what a kernel draws by counter, for example. */
  skip(words: number): void {
    if (!Number.isInteger(words) || words < 0) throw new RangeError(`skip: words must be 0, 1, 2, …, got ${words}`);
    this.#position += words;
  }

  /** A whole number, uniform over [0, 2³²). */
  uint32(): number {
    const index = Math.floor(this.#position / 4);
    if (index !== this.#blockIndex) {
      this.#counter[0] = index;
      this.#counter[1] = index / 2 ** 32;
      philox(this.#counter, this.#key, this.#block);
      this.#blockIndex = index;
    }
    return this.#block[this.#position++ % 4] as number;
  }

  /** Uniform over [0, 1), 24 random bits: every value is exact in float32. */
  uniform(): number {
    return (this.uint32() >>> 8) / 2 ** 24;
  }

  /** Standard normal, by Box and Muller; draws two words. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /**
   * A whole number, uniform over [0, n), without bias.
   * @throws RangeError unless n is a whole number from 1 to 2³²
   */
  integer(n: number): number {
    if (!Number.isInteger(n) || n < 1 || n > 2 ** 32) throw new RangeError(`integer: n must be 1 … 2^32, got ${n}`);
    const limit = 2 ** 32 - (2 ** 32 % n);
    for (;;) {
      const word = this.uint32();
      if (word < limit) return word % n;
    }
  }

  /** The numbers 0 … n−1 in random order (Fisher and Yates). */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [order[i], order[j]] = [order[j] as number, order[i] as number];
    }
    return order;
  }

  /** Fills the array with `uniform()`, and returns it. */
  fillUniform(values: Float32Array): Float32Array {
    for (let i = 0; i < values.length; i++) values[i] = this.uniform();
    return values;
  }

  /** Fills the array with `normal()`, and returns it. */
  fillNormal(values: Float32Array): Float32Array {
    for (let i = 0; i < values.length; i++) values[i] = this.normal();
    return values;
  }

  /** Mixes a label into the key: one Philox block a 64-bit word, with text and numbers kept apart. */
  #absorb(label: Label): void {
    for (const [kind, low, top] of words(label)) {
      philox(Uint32Array.of(kind, low, top, 0), this.#key, this.#block);
      this.#key[0] = this.#block[0] as number;
      this.#key[1] = this.#block[1] as number;
    }
    this.#blockIndex = -1;
  }
}

function* words(label: Label): Iterable<[kind: number, low: number, high: number]> {
  if (typeof label === "number") {
    const bits = new Uint32Array(Float64Array.of(label).buffer);
    yield [1, bits[0] as number, bits[1] as number];
    return;
  }
  for (const letter of label) yield [2, letter.codePointAt(0) as number, 0];
  yield [3, label.length, 0];
}
