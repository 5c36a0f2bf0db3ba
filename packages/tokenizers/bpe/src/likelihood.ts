// WordPiece's gain: how much likelier a pair makes the text than its two symbols alone would.
//
//   gain(a b) = f(ab) / (f(a) · f(b))
//
// A join makes both symbols rarer, and so every pair with one of them gains: those pairs are found by symbol.
//
// Source: Schuster and Nakajima, "Japanese and Korean voice search" (ICASSP 2012), section 2, in the form in which Hugging
// Face's course gives it.

import { grow } from "./grow.js";
import type { Gain } from "./learn.js";
import type { PairTable } from "./pair-table.js";
import { GAP, type WordList } from "./word-list.js";

const END = -1;

/** The gain of pairs by likelihood. */
export class Likelihood implements Gain {
  readonly #pairs: PairTable;
  /** How often each symbol occurs. */
  #counts: Float64Array = new Float64Array(1024);
  // For each symbol a list of the pairs that it is the left of (2 · symbol), and of those that it is the right of (+ 1);
  // a pair stands in one of each.
  #heads: Int32Array = new Int32Array(2048).fill(END);
  #next: Int32Array = new Int32Array(2048);
  #listed = 0;

  constructor({ slots, length, words, counts }: WordList, pairs: PairTable) {
    this.#pairs = pairs;
    for (let i = 1; i < length; i++) if (slots[i] !== GAP) this.#count(slots[i]!, counts[words[i]!]!);
    this.#list();
  }

  of(pair: number): number {
    const { left, right, counts } = this.#pairs;
    return counts[pair]! / (this.#counts[left[pair]!]! * this.#counts[right[pair]!]!);
  }

  *joined(pair: number, id: number, count: number): Iterable<number> {
    const left = this.#pairs.left[pair]!;
    const right = this.#pairs.right[pair]!;
    this.#count(left, -count);
    this.#count(right, -count);
    this.#count(id, count);
    this.#list();
    for (const symbol of [left, right]) {
      for (let at = this.#heads[2 * symbol]!; at !== END; at = this.#next[2 * at]!) yield at;
      for (let at = this.#heads[2 * symbol + 1]!; at !== END; at = this.#next[2 * at + 1]!) yield at;
    }
  }

  #count(symbol: number, count: number): void {
    this.#counts = grow(this.#counts, symbol + 1);
    this.#counts[symbol]! += count;
  }

  /** Puts the pairs that are new since the last time into the lists of their symbols. */
  #list(): void {
    const { left, right, size } = this.#pairs;
    for (; this.#listed < size; this.#listed++) {
      const pair = this.#listed;
      this.#next = grow(this.#next, 2 * pair + 2);
      for (const [side, symbol] of [left[pair]!, right[pair]!].entries()) {
        const list = 2 * symbol + side;
        const before = this.#heads.length;
        this.#heads = grow(this.#heads, list + 2);
        if (this.#heads.length > before) this.#heads.fill(END, before);
        this.#next[2 * pair + side] = this.#heads[list]!;
        this.#heads[list] = pair;
      }
    }
  }
}
