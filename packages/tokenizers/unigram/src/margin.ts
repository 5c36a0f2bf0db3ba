// How far the second-best segmentation is behind the best one.
//
// Rounded sums are off by at most (number of additions) · (half a unit in the last place), so a margin above twice
// that says that the segmentation is the same whatever the sum starts from: a word found earlier may be reused.

import { NONE } from "./double-array.js";
import { widthAt } from "./units.js";
import type { Vocabulary } from "./vocabulary.js";

/** The margin, and the second-best score, of `units[begin, end)`; not for texts with unknown characters. */
export class MarginSearch {
  readonly #vocabulary: Vocabulary;
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  /** The score of the second-best segmentation, -Infinity if there is none. */
  second = 0;

  constructor(vocabulary: Vocabulary, maxLength: number) {
    this.#vocabulary = vocabulary;
    this.#first = new Float64Array(maxLength + 1);
    this.#second = new Float64Array(maxLength + 1);
  }

  /** How far the best is ahead. */
  margin(units: Uint16Array, begin: number, end: number): number {
    const { trie, codes, bestScores } = this.#vocabulary;
    const first = this.#first.fill(-Infinity, 0, end - begin + 1);
    const second = this.#second.fill(-Infinity, 0, end - begin + 1);
    first[0] = 0;
    for (let start = begin; start < end; start += widthAt(units, start)) {
      let node = 0;
      for (let at = start; at < end; ) {
        const child = trie[node]! + codes[units[at]!]!;
        if (trie[child + 1] !== node) break;
        node = child;
        at++;
        const id = trie[node + 2]!;
        if (id === NONE) continue;
        const best = first[start - begin]! + bestScores[id]!;
        const runnerUp = second[start - begin]! + bestScores[id]!;
        const there = first[at - begin]!;
        first[at - begin] = Math.max(there, best);
        second[at - begin] = Math.max(second[at - begin]!, Math.min(there, best), runnerUp);
      }
    }
    this.second = second[end - begin]!;
    return first[end - begin]! - this.second;
  }
}
