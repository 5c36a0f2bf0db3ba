// The best segmentation of a string of codes; as viterbi.ts, for the tables of training.

import { NONE } from "../double-array.js";
import { type Pieces, REMOVED } from "./pieces.js";

/** The search, with memory for the longest string so far. */
export class BestPath {
  readonly #pieces: Pieces;
  #best = new Float64Array(0);
  #from = new Int32Array(0);
  #last = new Int32Array(0);
  /** Score of the segmentation found last. */
  score = 0;

  constructor(pieces: Pieces) {
    this.#pieces = pieces;
  }

  /** Appends to `path` the pieces of the best segmentation of `steps[begin, end)`, from last to first; without the piece `except`. */
  find(steps: Int32Array, begin: number, end: number, except: number, path: number[]): void {
    const length = end - begin;
    if (length >= this.#best.length) {
      this.#best = new Float64Array(2 * length + 1);
      this.#from = new Int32Array(2 * length + 1);
      this.#last = new Int32Array(2 * length + 1);
    }
    const { trie, scores } = this.#pieces;
    const best = this.#best.fill(-Infinity, 0, length + 1);
    best[0] = 0;
    for (let start = 0; start < length; start++) {
      const here = best[start]!;
      let node = 0;
      for (let p = begin + start; p < end; p++) {
        const child = trie[node]! + steps[p]!;
        if (trie[child + 1] !== node) break;
        node = child;
        const piece = trie[node + 2]!;
        if (piece === NONE || piece === except || scores[piece] === REMOVED) continue;
        const at = p + 1 - begin;
        const candidate = here + scores[piece]!;
        if (candidate > best[at]!) {
          best[at] = candidate;
          this.#from[at] = start;
          this.#last[at] = piece;
        }
      }
    }
    this.score = best[length]!;
    for (let at = length; at > 0; at = this.#from[at]!) path.push(this.#last[at]!);
  }
}
