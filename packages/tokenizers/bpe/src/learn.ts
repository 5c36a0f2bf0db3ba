// Training: join the pair of neighboring symbols that gains most everywhere, and again, until there are enough tokens.
//
// The distinct pieces stand in one array (word-list.ts) with the weight of how often each occurs. A join changes
// the counts of neighboring pairs only where it happened, and those places are known (pair-table.ts). What comes
// next is kept in a queue (pair-queue.ts). So the whole costs what changes, plus the logarithm: no pass over
// all pieces per merge.
//
// Source: Sennrich et al. (arXiv:1508.07909), algorithm 1, where a pair gains its frequency. Of pairs that gain the same
// the one with the lowest ids, left before right, is joined first (Hugging Face's rule; the paper leaves it open). Two
// pairs may spell the same token, "ab"+"c" and "a"+"bc": it then has one id and two merges.

import { grow } from "./grow.js";
import { PairQueue } from "./pair-queue.js";
import { PairTable } from "./pair-table.js";
import { GAP, join, type WordList } from "./word-list.js";

/** What a pair gains; the highest is joined first. */
export interface Gain {
  of(pair: number): number;
  /** Is told that `count` occurrences of a pair are the symbol `id` now; returns the pairs that gain more than before by that. */
  joined?(pair: number, id: number, count: number): Iterable<number>;
}

/** What to learn from, and what for. */
export interface Learning {
  words: WordList;
  /** Pairs that occur less often are not joined. */
  minFrequency: number;
  /** What covers more of the first symbols is not made; default no limit. */
  maxSpan?: number;
  /** Default: its frequency. */
  gain?: (words: WordList, pairs: PairTable) => Gain;
  /** The id of the token that two symbols make, a new one perhaps; -1 for one that must not be. */
  join: (left: number, right: number) => number;
  /** Called before each join: whether to go on. */
  more: () => boolean;
  /** Called after each, with how often the pair occurred. */
  onJoin?: ((count: number) => void) | undefined;
}

/** Learns pairs of ids in the order of joining. */
export function learnMerges(learning: Learning): [number, number][] {
  const { words, minFrequency, maxSpan = Number.POSITIVE_INFINITY, gain, more, onJoin } = learning;
  const least = Math.max(1, minFrequency);
  const pairs = countPairs(words);
  const { of, joined } = bound(gain?.(words, pairs) ?? { of: (pair) => pairs.counts[pair]! });
  const queue = new PairQueue(pairs, (pair) => (pairs.counts[pair]! < least ? 0 : of(pair)));
  const offer = (pair: number): void => {
    if (pairs.counts[pair]! >= least) queue.offer(pair);
  };
  for (let pair = 0; pair < pairs.size; pair++) offer(pair);
  const merges: [number, number][] = [];
  const spans = new Spans(words);
  while (more()) {
    const pair = queue.take();
    if (pair === -1 || pairs.counts[pair]! < least) break;
    const count = pairs.counts[pair]!;
    const [left, right] = [pairs.left[pair]!, pairs.right[pair]!];
    const span = spans.of(left) + spans.of(right);
    const id = span > maxSpan ? -1 : learning.join(left, right);
    if (id === -1 || !spans.agree(id, span)) continue;
    merges.push([left, right]);
    const { changed, times } = joinEverywhere(words, pairs, pair, id, spans);
    for (const each of changed) offer(each);
    if (joined) for (const each of joined(pair, id, times)) offer(each);
    onJoin?.(count);
  }
  return merges;
}

function bound(gain: Gain): Gain {
  return { of: (pair) => gain.of(pair), ...(gain.joined && { joined: (...args) => gain.joined!(...args) }) };
}

/** How many of the first symbols a symbol covers; 0 for one that is not there yet. */
class Spans {
  #spans = new Int32Array(1024);

  constructor({ slots, length }: WordList) {
    for (let i = 0; i < length; i++) if (slots[i] !== GAP) this.agree(slots[i]!, 1);
  }

  of(id: number): number {
    return this.#spans[id]!;
  }

  /** Notes the span of a new symbol; false if the symbol is not new and covers more or less ("##" + "##a" is not "##a"). */
  agree(id: number, span: number): boolean {
    this.#spans = grow(this.#spans, id + 1);
    this.#spans[id] ||= span;
    return this.#spans[id] === span;
  }
}

function countPairs({ slots, length, words, counts }: WordList): PairTable {
  const pairs = new PairTable();
  // From the end, so that the lists, which grow at the front, come out from left to right.
  for (let i = length - 2; i > 0; i--) {
    if (slots[i] !== GAP && slots[i + 1] !== GAP) pairs.add(slots[i]!, slots[i + 1]!, counts[words[i]!]!, i);
  }
  return pairs;
}

/** Replaces the pair by `id` wherever it stands; returns the pairs that became more frequent, and how often it was. */
function joinEverywhere(
  { slots, words, counts }: WordList,
  pairs: PairTable,
  pair: number,
  id: number,
  spans: Spans,
): { changed: Set<number>; times: number } {
  const left = pairs.left[pair]!;
  const right = pairs.right[pair]!;
  const [leftSpan, rightSpan] = [spans.of(left), spans.of(right)];
  const places = pairs.takePlaces(pair);
  if (left === right) places.sort(); // in "aaa" the encoder joins the first two
  const changed = new Set<number>();
  let times = 0;
  for (const at of places) {
    const middle = at + leftSpan;
    if (slots[at] !== left || slots[middle] !== right) continue; // joined otherwise since
    const end = middle + rightSpan;
    const count = counts[words[at]!]!;
    const before = slots[at - 1]!;
    const after = slots[end]!;
    times += count;
    pairs.remove(left, right, count);
    join(slots, at, middle, end, id);
    if (before !== GAP) {
      pairs.remove(before, left, count);
      changed.add(pairs.add(before, id, count, at - spans.of(before)));
    }
    if (after !== GAP) {
      pairs.remove(right, after, count);
      changed.add(pairs.add(id, after, count, at));
    }
  }
  return { changed, times };
}
