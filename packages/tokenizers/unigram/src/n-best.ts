// The n best segmentations, best first, by an A* search from the end of the text to its beginning.
//
// A hypothesis is a segmentation of the text's end. Its priority is its score plus that of the best way to segment what is
// before it, which a Viterbi pass has found, so whole segmentations leave the queue in the order of their scores.
//
// Source: Nagata, "A Stochastic Japanese Morphological Analyzer Using a Forward-DP Backward-A* N-Best Search Algorithm"
// (COLING 1994). Rounding, the order of equals and the bound on the queue are sentencepiece's.

import { Agenda } from "./agenda.js";
import type { Lattice } from "./lattice.js";
import type { Vocabulary } from "./vocabulary.js";

// When there are so many hypotheses, all but the best few are dropped: long texts have more segmentations than fit anywhere.
const MAX_AGENDA = 10_000;
const MIN_AGENDA = 512;
const BEGIN = -1;
const NOTHING = -1;

/** Nodes of the lattice, from first to last, and their score. */
export interface Path {
  nodes: number[];
  score: number;
}

/** The `n` best ways through the lattice, fewer if there are no more. */
export function nBest(lattice: Lattice, n: number, precision: Vocabulary["precision"]): Path[] {
  const search = new Search(lattice, precision === "float32" ? Math.fround : (value) => value);
  const found: Path[] = [];
  while (found.length < n) {
    const path = search.next(Math.min(MIN_AGENDA, n * 10));
    if (!path) break;
    found.push(path);
  }
  return found;
}

class Search {
  readonly #lattice: Lattice;
  readonly #round: (value: number) => number;
  /** The score of the best way from the beginning up to and with each node. */
  readonly #reach: Float64Array;
  // Per hypothesis: its leftmost node, the hypothesis that it extends, its score.
  #heads: number[];
  #tails: number[] = [NOTHING];
  #scores: number[] = [0];
  #agenda = new Agenda();

  constructor(lattice: Lattice, round: (value: number) => number) {
    this.#lattice = lattice;
    this.#round = round;
    this.#reach = new Float64Array(lattice.ids.length);
    this.#heads = [lattice.ids.length]; // one beyond the nodes: the end of the text
    this.#agenda.push(0, this.#bestToNodes());
  }

  /** The next best path. If there are too many hypotheses, `keep` of them stay. */
  next(keep: number): Path | undefined {
    while (this.#agenda.size > 0) {
      const score = this.#agenda.topPriority;
      const top = this.#agenda.pop();
      if (this.#heads[top] === BEGIN) return { nodes: this.#nodesOf(top), score };
      this.#extend(top);
      if (this.#agenda.size >= MAX_AGENDA) this.#keepBest(keep);
    }
    return undefined;
  }

  /** Fills `#reach`; returns the score of the best way to the end. */
  #bestToNodes(): number {
    const { begins, ends, scores, length } = this.#lattice;
    const arriving = new Float64Array(length + 1).fill(-Infinity);
    arriving[0] = 0;
    for (let k = 0; k < begins.length; k++) {
      this.#reach[k] = this.#round(arriving[begins[k]!]! + scores[k]!);
      arriving[ends[k]!] = Math.max(arriving[ends[k]!]!, this.#reach[k]!);
    }
    return arriving[length]!;
  }

  #extend(top: number): void {
    const { begins, length, byEnd, firstByEnd, scores } = this.#lattice;
    const node = this.#heads[top]!;
    const position = node === begins.length ? length : begins[node]!;
    if (position === 0) this.#offer(BEGIN, 0, 0, top);
    for (let e = firstByEnd[position]!; e < firstByEnd[position + 1]!; e++) {
      const left = byEnd[e]!;
      this.#offer(left, this.#reach[left]!, scores[left]!, top);
    }
  }

  #offer(head: number, reach: number, score: number, tail: number): void {
    this.#agenda.push(this.#heads.length, this.#round(reach + this.#scores[tail]!));
    this.#heads.push(head);
    this.#tails.push(tail);
    this.#scores.push(this.#round(score + this.#scores[tail]!));
  }

  #nodesOf(whole: number): number[] {
    const nodes: number[] = [];
    for (let h = this.#tails[whole]!; this.#tails[h] !== NOTHING; h = this.#tails[h]!) nodes.push(this.#heads[h]!);
    return nodes;
  }

  /** Drops all but the best `count` hypotheses and those that they extend. */
  #keepBest(count: number): void {
    const [heads, tails, scores] = [this.#heads, this.#tails, this.#scores];
    const from = this.#agenda;
    this.#agenda = new Agenda();
    [this.#heads, this.#tails, this.#scores] = [[], [], []];
    const moved = new Map<number, number>([[NOTHING, NOTHING]]);
    for (let i = 0; i < count; i++) {
      const priority = from.topPriority;
      const top = from.pop();
      const chain: number[] = [];
      for (let h = top; !moved.has(h); h = tails[h]!) chain.push(h);
      for (const h of chain.reverse()) {
        moved.set(h, this.#heads.length);
        this.#heads.push(heads[h]!);
        this.#tails.push(moved.get(tails[h]!)!);
        this.#scores.push(scores[h]!);
      }
      this.#agenda.push(moved.get(top)!, priority);
    }
  }
}
