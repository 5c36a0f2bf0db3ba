// The E step: how often each piece is expected to occur, over all segmentations of all words.
//
//   m(0) = 0,   m(end) = log Σ over pieces word[start, end) of exp(m(start) + score(piece))
//   P(the last piece of word[0, end) is this one) = exp(m(start) + score(piece) - m(end))
//
// These probabilities are all that is needed: starting with the word's count at its end, each position hands its share to
// the pieces that end there, and they hand it on to where they start. Nothing can underflow, and a piece at a place costs
// one exponential.
//
// Source: the forward-backward algorithm, as Kudo (arXiv:1804.10959), section 3.2, uses it.

import { NONE } from "../double-array.js";
import type { Corpus } from "./corpus.js";
import { type Pieces, REMOVED } from "./pieces.js";

const END = -1;
/** exp of anything lower is below a double's precision beside 1. */
const NEGLIGIBLE = -45;

/** Expected counts. */
export interface Expectation {
  expected: Float64Array;
  /** Minus the mean log likelihood of a word. */
  objective: number;
}

/** The expected counts of `pieces` in `corpus`. */
export function expectedCounts(corpus: Corpus, pieces: Pieces): Expectation {
  const { starts, counts } = corpus;
  const expected = new Float64Array(pieces.scores.length);
  const sums = new WordSums(pieces);
  let likelihood = 0;
  let words = 0;
  for (let w = 0; w < counts.length; w++) {
    likelihood += counts[w]! * sums.add(corpus.steps, starts[w]!, starts[w + 1]! - 1, counts[w]!, expected);
    words += counts[w]!;
  }
  return { expected, objective: words === 0 ? 0 : -likelihood / words };
}

class WordSums {
  readonly #pieces: Pieces;
  #reached = 0; // room for words up to this length
  #logs = new Float64Array(0);
  #shares = new Float64Array(0);
  #heads = new Int32Array(0);
  // Edges: a piece at a place. Those that end at the same position are linked.
  #edgePieces = new Int32Array(256);
  #edgeStarts = new Int32Array(256);
  #edgeNext = new Int32Array(256);
  #edgeWeights = new Float64Array(256);

  constructor(pieces: Pieces) {
    this.#pieces = pieces;
  }

  /** Adds a word's expected counts; returns its log likelihood. */
  add(steps: Int32Array, begin: number, end: number, count: number, expected: Float64Array): number {
    const length = end - begin;
    if (length > this.#reached) this.#reserve(length);
    this.#heads.fill(END, 0, length + 1);
    this.#logs[0] = 0;
    let edges = this.#addEdges(steps, begin, end, 0, 0);
    for (let at = 1; at < length; at++) {
      this.#logs[at] = this.#sumUp(at);
      edges = this.#addEdges(steps, begin, end, at, edges);
    }
    this.#logs[length] = this.#sumUp(length);
    this.#handBack(length, count, expected);
    return this.#logs[length]!;
  }

  /** Adds the pieces that start at `at`; returns how many edges there are. */
  #addEdges(steps: Int32Array, begin: number, end: number, at: number, edges: number): number {
    const { trie, scores } = this.#pieces;
    const log = this.#logs[at]!;
    let count = edges;
    let node = 0;
    for (let p = begin + at; p < end; p++) {
      const child = trie[node]! + steps[p]!;
      if (trie[child + 1] !== node) break;
      node = child;
      const piece = trie[node + 2]!;
      if (piece === NONE || scores[piece] === REMOVED) continue;
      if (count === this.#edgePieces.length) this.#growEdges();
      const to = p + 1 - begin;
      this.#edgePieces[count] = piece;
      this.#edgeStarts[count] = at;
      this.#edgeWeights[count] = log + scores[piece]!;
      this.#edgeNext[count] = this.#heads[to]!;
      this.#heads[to] = count++;
    }
    return count;
  }

  /** Turns the weights of the edges that end at `at` into probabilities; returns the logarithm of their sum. */
  #sumUp(at: number): number {
    const weights = this.#edgeWeights;
    const next = this.#edgeNext;
    const first = this.#heads[at]!;
    let highest = weights[first]!;
    if (next[first] === END) {
      weights[first] = 1;
      return highest;
    }
    for (let e = next[first]!; e !== END; e = next[e]!) if (weights[e]! > highest) highest = weights[e]!;
    let sum = 0;
    for (let e = first; e !== END; e = next[e]!) {
      const distance = weights[e]! - highest;
      const weight = distance === 0 ? 1 : distance < NEGLIGIBLE ? 0 : Math.exp(distance);
      weights[e] = weight;
      sum += weight;
    }
    for (let e = first; e !== END; e = next[e]!) weights[e]! /= sum;
    return highest + Math.log(sum);
  }

  #handBack(length: number, count: number, expected: Float64Array): void {
    const shares = this.#shares.fill(0, 0, length);
    shares[length] = count;
    for (let at = length; at > 0; at--) {
      const share = shares[at]!;
      if (share === 0) continue;
      for (let e = this.#heads[at]!; e !== END; e = this.#edgeNext[e]!) {
        const part = share * this.#edgeWeights[e]!;
        expected[this.#edgePieces[e]!]! += part;
        shares[this.#edgeStarts[e]!]! += part;
      }
    }
  }

  #reserve(length: number): void {
    this.#reached = 2 * length;
    this.#logs = new Float64Array(this.#reached + 1);
    this.#shares = new Float64Array(this.#reached + 1);
    this.#heads = new Int32Array(this.#reached + 1);
  }

  #growEdges(): void {
    const size = 2 * this.#edgePieces.length;
    const wider = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(size);
      to.set(from);
      return to;
    };
    this.#edgePieces = wider(this.#edgePieces);
    this.#edgeStarts = wider(this.#edgeStarts);
    this.#edgeNext = wider(this.#edgeNext);
    const weights = new Float64Array(size);
    weights.set(this.#edgeWeights);
    this.#edgeWeights = weights;
  }
}
