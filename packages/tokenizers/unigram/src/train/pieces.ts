// The pieces that training works on: strings of codes, sorted so that a trie can be built, and their scores.

import { buildDoubleArray, CELL } from "../double-array.js";
import type { Corpus } from "./corpus.js";

/** A removed piece's score: no segmentation uses it. */
export const REMOVED: number = -Infinity;

/** Pieces in an order in which those that begin alike are neighbors. */
export interface Pieces {
  /** Codes of all pieces, one after the other. */
  readonly codes: Int32Array;
  /** Where piece k starts; one more entry for the end. */
  readonly starts: Int32Array;
  readonly scores: Float64Array;
  readonly trie: Int32Array;
}

/** Number of pieces, removed ones included. */
export function countOf({ starts }: Pieces): number {
  return starts.length - 1;
}

export function lengthOf({ starts }: Pieces, k: number): number {
  return starts[k + 1]! - starts[k]!;
}

/** Pieces that are substrings of the corpus at `places`, of `lengths` characters. */
export function piecesAt(corpus: Corpus, places: Int32Array, lengths: Int32Array, scores: Float64Array): Pieces {
  const starts = new Int32Array(places.length + 1);
  for (let k = 0; k < places.length; k++) starts[k + 1] = starts[k]! + lengths[k]!;
  const codes = new Int32Array(starts[places.length]!);
  for (let k = 0; k < places.length; k++) {
    for (let i = 0; i < lengths[k]!; i++) codes[starts[k]! + i] = corpus.steps[places[k]! + i]! / CELL;
  }
  return withTrie(codes, starts, scores, corpus.alphabet.length);
}

/** The pieces for which `keep` is true. */
export function select(pieces: Pieces, keep: (k: number) => boolean, maxCode: number): Pieces {
  const kept: number[] = [];
  for (let k = 0; k < countOf(pieces); k++) if (keep(k)) kept.push(k);
  const starts = new Int32Array(kept.length + 1);
  kept.forEach((k, i) => {
    starts[i + 1] = starts[i]! + lengthOf(pieces, k);
  });
  const codes = new Int32Array(starts[kept.length]!);
  for (const [i, k] of kept.entries())
    codes.set(pieces.codes.subarray(pieces.starts[k]!, pieces.starts[k + 1]!), starts[i]);
  return withTrie(
    codes,
    starts,
    Float64Array.from(kept, (k) => pieces.scores[k]!),
    maxCode,
  );
}

function withTrie(codes: Int32Array, starts: Int32Array, scores: Float64Array, maxCode: number): Pieces {
  return { codes, starts, scores, trie: buildDoubleArray({ codes, starts }, maxCode) };
}
