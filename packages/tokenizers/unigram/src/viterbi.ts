// The best segmentation of a text into pieces: of all, the one with the highest sum of scores.
//
//   best(0) = 0,   best(end) = max over pieces text[start, end) of best(start) + score(piece)
//
// From each position the trie is walked as long as there are pieces that go on, so n characters take O(n · longest
// piece) steps. A character that no piece of one character covers may also be unknown.
//
// Source: Kudo, "Subword Regularization" (arXiv:1804.10959), section 3.2. Sums start at `base` and are rounded to
// `best`'s precision after each addition, and of equals the longer last piece wins: as in sentencepiece, so that ids
// agree even where rounding decides.

import { NONE } from "./double-array.js";
import { widthAt } from "./units.js";
import type { Vocabulary } from "./vocabulary.js";

/** What a segment that is an unknown character has for an id. */
export const UNKNOWN = -1;

/** The search, with memory for texts up to the longest that it has seen. */
export class Viterbi {
  readonly #vocabulary: Vocabulary;
  #best: Float32Array | Float64Array = new Float32Array(0);
  #from = new Int32Array(0);
  #last = new Int32Array(0);
  /** The segments of the text searched last, from last to first: their ids, UNKNOWN for an unknown character, and where they start. */
  ids: Int32Array = new Int32Array(0);
  starts: Int32Array = new Int32Array(0);

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.#reserve(64);
  }

  /** Fills `ids` and `starts` with the best segmentation of `units[begin, end)`; returns how many segments it has. */
  search(units: Uint16Array, begin: number, end: number, base: number): number {
    const length = end - begin;
    if (length >= this.#from.length) this.#reserve(2 * length);
    this.#fill(units, begin, length, base);
    let count = 0;
    for (let at = length; at > 0; at = this.#from[at]!) {
      this.ids[count] = this.#last[at]!;
      this.starts[count++] = begin + this.#from[at]!;
    }
    return count;
  }

  /** The score of the best segmentation of what was searched last, of `length` units. */
  score(length: number): number {
    return this.#best[length]!;
  }

  #fill(units: Uint16Array, begin: number, length: number, base: number): void {
    const { trie, codes, bestScores } = this.#vocabulary;
    const best = this.#best;
    const from = this.#from;
    const last = this.#last;
    from.fill(-1, 0, length + 1);
    best[0] = base;
    for (let start = 0; start < length; ) {
      const here = best[start]!;
      const next = start + widthAt(units, begin + start);
      let covered = false;
      let node = 0;
      for (let at = start; at < length; ) {
        const child = trie[node]! + codes[units[begin + at]!]!;
        if (trie[child + 1] !== node) break;
        node = child;
        at++;
        const id = trie[node + 2]!;
        if (id === NONE) continue;
        const candidate = here + bestScores[id]!;
        if (from[at] === -1 || candidate > best[at]!) {
          best[at] = candidate;
          from[at] = start;
          last[at] = id;
        }
        if (at === next) covered = true;
      }
      if (!covered) this.#offerUnknown(start, next, here);
      start = next;
    }
  }

  #offerUnknown(start: number, next: number, here: number): void {
    const { unknownScore, precision } = this.#vocabulary;
    const sum = here + unknownScore;
    const candidate = precision === "float32" ? Math.fround(sum) : sum;
    if (this.#from[next] !== -1 && !(candidate > this.#best[next]!)) return;
    this.#best[next] = candidate;
    this.#from[next] = start;
    this.#last[next] = UNKNOWN;
  }

  #reserve(length: number): void {
    this.#best = this.#vocabulary.precision === "float32" ? new Float32Array(length + 1) : new Float64Array(length + 1);
    this.#from = new Int32Array(length + 1);
    this.#last = new Int32Array(length + 1);
    this.ids = new Int32Array(length + 1);
    this.starts = new Int32Array(length + 1);
  }
}
