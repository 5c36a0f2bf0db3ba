// Byte-pair encoding of one piece: as long as two neighbours form a known pair, join the pair of lowest
// rank, the leftmost one if there are several.
//
// Short pieces, nearly all of them, take the obvious loop: look for the minimum, join, close the gap; it is
// quadratic in at most SHORT symbols. A long piece (a line of dashes, base64, text without spaces) keeps its
// symbols in a linked list and its pairs in a heap, so n symbols take O(n log n) steps whatever they are.
//
// Source: Sennrich et al., "Neural Machine Translation of Rare Words with Subword Units" (arXiv:1508.07909).

import { Heap } from "./heap.js";
import type { PairMap } from "./pair-map.js";

/** What is joined, and in which order: pair → rank, rank → id of the joined token. */
export interface Merges {
  readonly ranks: PairMap;
  readonly merged: Int32Array;
  /** Where ranks are equal although they make other tokens: rank → what to go by instead, rising with it. */
  readonly levels?: Int32Array | undefined;
}

/** Joins the first `n` symbols of `ids` in place; returns how many are left. */
export type Join = (merges: Merges, ids: Int32Array, n: number) => number;

const SHORT = 64;
const NONE = 0x7fffffff;
const shortRanks: Int32Array = new Int32Array(SHORT);

/** Byte-pair encoding itself: see `Join`. */
export function merge(merges: Merges, ids: Int32Array, n: number): number {
  return n <= SHORT && !merges.levels ? mergeShort(merges, ids, n) : mergeQueued(merges, ids, n);
}

function mergeShort({ ranks, merged }: Merges, ids: Int32Array, n: number): number {
  const rank = shortRanks;
  for (let i = 0; i + 1 < n; i++) rank[i] = rankOf(ranks, ids[i]!, ids[i + 1]!);
  while (n > 1) {
    let best = 0;
    let lowest = rank[0]!;
    for (let i = 1; i + 1 < n; i++) {
      if (rank[i]! < lowest) {
        lowest = rank[i]!;
        best = i;
      }
    }
    if (lowest === NONE) break;
    ids[best] = merged[lowest]!;
    n--;
    for (let i = best + 1; i < n; i++) {
      ids[i] = ids[i + 1]!;
      rank[i] = rank[i + 1]!;
    }
    if (best + 1 < n) rank[best] = rankOf(ranks, ids[best]!, ids[best + 1]!);
    if (best > 0) rank[best - 1] = rankOf(ranks, ids[best - 1]!, ids[best]!);
  }
  return n;
}

function rankOf(ranks: PairMap, left: number, right: number): number {
  const rank = ranks.get(left, right);
  return rank === -1 ? NONE : rank;
}

// Rank and position in one double: ordered by rank, then from left to right.
const POSITIONS = 2 ** 32;
const lower = (a: number, b: number): boolean => a < b;

/** `merge` for any number of symbols; `skip`, asked whenever a pair is about to be joined, may put that off by a step. */
export function mergeQueued(
  { ranks, merged, levels }: Merges,
  ids: Int32Array,
  n: number,
  skip?: () => boolean,
): number {
  const next = new Int32Array(n + 1);
  const previous = new Int32Array(n + 1);
  const rank = new Int32Array(n); // of the pair that starts here, -1 for none; what the heap says may be out of date
  const heap = new Heap(lower, n);
  const skipped: number[] = [];
  const level = (at: number): number => (levels && rank[at] !== -1 ? levels[rank[at]!]! : rank[at]!);
  const offer = (at: number): void => {
    rank[at] = next[at]! < n ? ranks.get(ids[at]!, ids[next[at]!]!) : -1;
    if (rank[at] !== -1) heap.push(level(at) * POSITIONS + at);
  };
  for (let i = 0; i < n; i++) {
    next[i] = i + 1;
    previous[i] = i - 1;
    offer(i);
  }
  while (heap.size > 0) {
    const key = heap.pop();
    const wanted = Math.floor(key / POSITIONS);
    const at = key - wanted * POSITIONS;
    if (level(at) !== wanted) continue;
    if (skip?.()) {
      skipped.push(key);
      continue;
    }
    while (skipped.length > 0) heap.push(skipped.pop()!);
    const gone = next[at]!;
    ids[at] = merged[rank[at]!]!;
    rank[gone] = -1;
    next[at] = next[gone]!;
    previous[next[at]!] = at;
    offer(at);
    if (previous[at]! >= 0) offer(previous[at]!);
  }
  let left = 0;
  for (let i = 0; i < n; i = next[i]!) ids[left++] = ids[i]!;
  return left;
}
