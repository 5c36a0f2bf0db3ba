// Byte-pair encoding, training: again and again join the most frequent pair of neighbouring symbols into a new one.
//
// Work is done on distinct pieces with their counts, never on the corpus. All pairs are counted once; from then on a
// join changes only the counts of the pairs around the places where it happened, and those places are known
// (pair-table.ts). The most frequent pair comes from a heap that is put right lazily. So the whole costs what
// changes, plus the logarithm: no pass over all pieces per merge.
//
// Source: Sennrich et al. (arXiv:1508.07909), algorithm 1, on bytes instead of characters. Of pairs with equal counts the
// one with the lowest ids, left before right, is joined first (Hugging Face's rule; the paper leaves it open). Two
// pairs may spell the same token, "ab"+"c" and "a"+"bc": it then has one id and two merges.

import { byteTokens } from "./bpe.js";
import { BpeError } from "./error.js";
import { Heap } from "./heap.js";
import { PairTable } from "./pair-table.js";
import { concatenate, Vocabulary } from "./vocabulary.js";
import { GAP, join, type WordList, wordList } from "./word-list.js";

/** How far training is. */
export interface TrainBpeProgress {
  /** Tokens so far, the 256 bytes included. */
  tokens: number;
  vocabSize: number;
  /** How often the pair occurred that was joined last. */
  count: number;
}

/** Options of `trainBpe`. */
export interface TrainBpeOptions {
  /** Tokens to stop at, the 256 bytes included; fewer come out when no pair is frequent enough. */
  vocabSize: number;
  /** Pairs that occur less often are not joined; default 2. */
  minFrequency?: number;
  /** Called after each new token. */
  onProgress?: (progress: TrainBpeProgress) => void;
}

/** What `trainBpe` has learned. */
export interface TrainedBpe {
  /** Pairs of ids in the order of joining, for `BPE.fromMerges`. */
  merges: [number, number][];
  /** The bytes of each token; its index is its id. */
  tokens: Uint8Array[];
}

/** Learns merges from distinct pieces and how often each occurs. Throws BpeError for a `vocabSize` below 256 or a wrong count. */
export function trainBpe(pieces: Iterable<readonly [string, number]>, options: TrainBpeOptions): TrainedBpe {
  const { vocabSize, minFrequency = 2, onProgress } = options;
  if (!Number.isInteger(vocabSize) || vocabSize < 256) {
    throw new BpeError(`trainBpe: vocabSize must be a whole number of at least 256, one a byte, got ${vocabSize}`);
  }
  const vocabulary = new Vocabulary();
  for (const [token, id] of byteTokens()) vocabulary.add(token, id);
  const merges: [number, number][] = [];
  const words = wordList(pieces);
  const pairs = countPairs(words);
  const queue = new FrequencyQueue(pairs);
  for (let pair = 0; pair < pairs.size; pair++) queue.offer(pair);
  while (vocabulary.size < vocabSize) {
    const pair = queue.take();
    if (pair === -1 || pairs.counts[pair]! < Math.max(1, minFrequency)) break;
    const count = pairs.counts[pair]!;
    const [left, right] = [pairs.left[pair]!, pairs.right[pair]!];
    merges.push([left, right]);
    const id = addJoined(vocabulary, left, right);
    for (const changed of joinEverywhere(words, pairs, pair, id, vocabulary.lengths)) queue.offer(changed);
    onProgress?.({ tokens: vocabulary.size, vocabSize, count });
  }
  const tokens = Array.from({ length: vocabulary.size }, (_, id) => vocabulary.bytesOf(id)!.slice());
  return { merges, tokens };
}

function countPairs({ slots, length, words, counts }: WordList): PairTable {
  const pairs = new PairTable();
  // From the end, so that the lists, which grow at the front, come out from left to right.
  for (let i = length - 2; i > 0; i--) {
    if (slots[i] !== GAP && slots[i + 1] !== GAP) pairs.add(slots[i]!, slots[i + 1]!, counts[words[i]!]!, i);
  }
  return pairs;
}

function addJoined(vocabulary: Vocabulary, left: number, right: number): number {
  const joined = concatenate(vocabulary.bytesOf(left)!, vocabulary.bytesOf(right)!);
  const known = vocabulary.idOf(joined);
  if (known !== -1) return known;
  vocabulary.add(joined, vocabulary.size);
  return vocabulary.size - 1;
}

/** Replaces the pair by `id` wherever it stands; returns the pairs that became more frequent. */
function joinEverywhere(
  { slots, words, counts }: WordList,
  pairs: PairTable,
  pair: number,
  id: number,
  lengths: Int32Array,
): Set<number> {
  const left = pairs.left[pair]!;
  const right = pairs.right[pair]!;
  const places = pairs.takePlaces(pair);
  if (left === right) places.sort(); // in "aaa" the encoder joins the first two
  const grown = new Set<number>();
  for (const at of places) {
    const middle = at + lengths[left]!;
    if (slots[at] !== left || slots[middle] !== right) continue; // joined otherwise since
    const end = middle + lengths[right]!;
    const count = counts[words[at]!]!;
    const before = slots[at - 1]!;
    const after = slots[end]!;
    pairs.remove(left, right, count);
    join(slots, at, middle, end, id);
    if (before !== GAP) {
      pairs.remove(before, left, count);
      grown.add(pairs.add(before, id, count, at - lengths[before]!));
    }
    if (after !== GAP) {
      pairs.remove(right, after, count);
      grown.add(pairs.add(id, after, count, at));
    }
  }
  return grown;
}

/** Pairs by falling count, then by ids. Entries keep the count of their day; one that has fallen since goes back in. */
class FrequencyQueue {
  readonly #pairs: PairTable;
  readonly #entryPair: number[] = [];
  readonly #entryCount: number[] = [];
  readonly #heap = new Heap((a, b) => this.#before(a, b));

  constructor(pairs: PairTable) {
    this.#pairs = pairs;
  }

  offer(pair: number): void {
    this.#entryCount.push(this.#pairs.counts[pair]!);
    this.#heap.push(this.#entryPair.push(pair) - 1);
  }

  /** The most frequent pair, or -1 when none is left. */
  take(): number {
    while (this.#heap.size > 0) {
      const entry = this.#heap.pop();
      const pair = this.#entryPair[entry]!;
      const count = this.#pairs.counts[pair]!;
      if (count === this.#entryCount[entry]) return pair;
      // A pair whose count has risen was offered anew.
      if (count > this.#entryCount[entry]! || count === 0) continue;
      this.#entryCount[entry] = count;
      this.#heap.push(entry);
    }
    return -1;
  }

  #before(a: number, b: number): boolean {
    const more = this.#entryCount[a]! - this.#entryCount[b]!;
    if (more !== 0) return more > 0;
    const { left, right } = this.#pairs;
    const p = this.#entryPair[a]!;
    const q = this.#entryPair[b]!;
    return left[p] !== left[q] ? left[p]! < left[q]! : right[p]! < right[q]!;
  }
}
