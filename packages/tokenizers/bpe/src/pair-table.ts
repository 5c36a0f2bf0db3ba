// What training knows of each pair of neighbouring symbols: how often it occurs, and where.
//
// The places of all pairs live in one pool of linked lists, 8 bytes a place; a list that has been used up gives its
// nodes back. Places may be out of date (the symbol there was joined since); whoever reads them checks.

import { grow } from "./grow.js";
import { PairMap } from "./pair-map.js";

const END = -1;

/** Pairs, numbered in the order in which they were first seen. */
export class PairTable {
  size = 0;
  left: Int32Array = new Int32Array(1024);
  right: Int32Array = new Int32Array(1024);
  counts: Float64Array = new Float64Array(1024);
  readonly #numbers = new PairMap();
  #heads = new Int32Array(1024);
  #places = new Int32Array(1 << 16);
  #next = new Int32Array(1 << 16);
  #used = 0;
  #free = END;

  /** Notes that the pair stands at `place` with the weight `count`; returns the pair's number. */
  add(left: number, right: number, count: number, place: number): number {
    let pair = this.#numbers.get(left, right);
    if (pair === -1) pair = this.#create(left, right);
    this.counts[pair]! += count;
    let node = this.#free;
    if (node !== END) this.#free = this.#next[node]!;
    else {
      node = this.#used++;
      this.#places = grow(this.#places, this.#used);
      this.#next = grow(this.#next, this.#used);
    }
    this.#places[node] = place;
    this.#next[node] = this.#heads[pair]!;
    this.#heads[pair] = node;
    return pair;
  }

  /** Notes that the pair stands somewhere no more; the place stays in its list, out of date. */
  remove(left: number, right: number, count: number): void {
    this.counts[this.#numbers.get(left, right)]! -= count;
  }

  /** The places of a pair, which it forgets. */
  takePlaces(pair: number): Int32Array {
    let length = 0;
    let last = END;
    for (let node = this.#heads[pair]!; node !== END; node = this.#next[node]!) {
      last = node;
      length++;
    }
    const places = new Int32Array(length);
    if (last === END) return places;
    let node = this.#heads[pair]!;
    for (let i = 0; i < length; i++, node = this.#next[node]!) places[i] = this.#places[node]!;
    this.#next[last] = this.#free;
    this.#free = this.#heads[pair]!;
    this.#heads[pair] = END;
    return places;
  }

  #create(left: number, right: number): number {
    const pair = this.size++;
    this.#numbers.set(left, right, pair);
    this.left = grow(this.left, this.size);
    this.right = grow(this.right, this.size);
    this.counts = grow(this.counts, this.size);
    this.#heads = grow(this.#heads, this.size);
    this.left[pair] = left;
    this.right[pair] = right;
    this.#heads[pair] = END;
    return pair;
  }
}
