// The pieces that training starts from: all characters, and the substrings of words with the highest count * length.
//
// The positions of the corpus are refined into groups that begin alike, one character more at a time, as a radix sort
// does: each group is a substring, and the counts of its positions' words add up to how often it occurs. Groups that occur
// once are dropped together with all that begins like them. A substring that always goes on with the same character is
// passed over for the longer one.
//
// Source: sentencepiece finds the same substrings (the inner nodes of a suffix tree) from a suffix array of the whole text;
// here distinct words are enough, so memory depends on them and not on the size of the corpus.

import { type Corpus, GAP } from "./corpus.js";
import { Float64List, Int32List } from "./lists.js";
import { type Pieces, piecesAt } from "./pieces.js";

const MIN_COUNT = 2;

/** What seeds are looked for. */
export interface SeedOptions {
  maxPieceLength: number;
  /** How many substrings of two characters and more. */
  seedSize: number;
}

/** The seed pieces, with the logarithms of their share of all counts as scores. */
export function seedPieces(corpus: Corpus, { maxPieceLength, seedSize }: SeedOptions): Pieces {
  const found = new Miner(corpus, maxPieceLength).run();
  const values = found.values.toArray();
  const lengths = found.lengths.toArray();
  const keep = best(values, lengths, seedSize);
  const places = Int32Array.from(keep, (k) => found.places.toArray()[k]!);
  const kept = Float64Array.from(keep, (k) => values[k]!);
  const sum = Math.log(kept.reduce((total, value) => total + value, 0));
  return piecesAt(
    corpus,
    places,
    Int32Array.from(keep, (k) => lengths[k]!),
    kept.map((value) => Math.log(value) - sum),
  );
}

/** The indices, in order, of all single characters and of the `size` longer substrings with the highest values. */
function best(values: Float64Array, lengths: Int32Array, size: number): Int32Array {
  const longer = values.filter((_, k) => lengths[k]! > 1).sort();
  const threshold = longer.length > size ? longer[longer.length - size]! : 0;
  let room = size - longer.reduce((count, value) => count + (value > threshold ? 1 : 0), 0);
  const chosen = new Int32List();
  for (let k = 0; k < values.length; k++) {
    if (lengths[k] === 1 || values[k]! > threshold) chosen.push(k);
    else if (values[k] === threshold && room-- > 0) chosen.push(k);
  }
  return chosen.toArray();
}

class Miner {
  readonly #steps: Int32Array;
  readonly #counts: Float64Array;
  readonly #wordOf: Int32Array;
  readonly #order: Int32Array;
  readonly #spare: Int32Array;
  readonly #maxLength: number;
  /** Per step: how many positions of the group go on with it. */
  readonly #sizes: Int32Array;
  readonly places: Int32List = new Int32List();
  readonly lengths: Int32List = new Int32List();
  readonly values: Float64List = new Float64List();

  constructor({ steps, starts, counts, alphabet }: Corpus, maxLength: number) {
    this.#steps = steps;
    this.#counts = counts;
    this.#maxLength = maxLength;
    this.#wordOf = new Int32Array(steps.length);
    const positions = steps.length - counts.length;
    this.#order = new Int32Array(positions);
    this.#spare = new Int32Array(positions);
    this.#sizes = new Int32Array(4 * (alphabet.length + 1));
    let n = 0;
    for (let w = 0; w < counts.length; w++) {
      for (let p = starts[w]!; p < starts[w + 1]! - 1; p++) {
        this.#wordOf[p] = w;
        this.#order[n++] = p;
      }
    }
  }

  run(): this {
    if (this.#order.length > 0) this.#refine(0, this.#order.length, 0);
    return this;
  }

  /** Sorts `order[low, high)`, positions that agree in the first `depth` characters, by the next one, and goes on with each part. */
  #refine(low: number, high: number, depth: number): void {
    const bounds = this.#partition(low, high, depth);
    // With one way to go on, the longer substring stands for this one.
    const branches = bounds.length > 2 || this.#next(low, depth) === GAP;
    if (depth === 1 || (depth > 1 && branches)) this.#emit(low, high, depth);
    if (depth === this.#maxLength) return;
    for (let b = 0; b + 1 < bounds.length; b++) {
      const from = bounds[b]!;
      const to = bounds[b + 1]!;
      if (this.#next(from, depth) === GAP) continue;
      if (depth > 0 && this.#count(from, to) < MIN_COUNT) continue;
      if (to - from === 1 && depth > 0) this.#emitRest(from, depth);
      else this.#refine(from, to, depth + 1);
    }
  }

  #next(i: number, depth: number): number {
    return this.#steps[this.#order[i]! + depth]!;
  }

  #count(low: number, high: number): number {
    let count = 0;
    for (let i = low; i < high; i++) count += this.#counts[this.#wordOf[this.#order[i]!]!]!;
    return count;
  }

  #emit(low: number, high: number, length: number): void {
    this.places.push(this.#order[low]!);
    this.lengths.push(length);
    this.values.push(this.#count(low, high) * length);
  }

  /** Of a substring with a single position only the one up to the word's end counts. */
  #emitRest(i: number, depth: number): void {
    let length = depth;
    while (length <= this.#maxLength && this.#next(i, length) !== GAP) length++;
    if (length > 1 && length <= this.#maxLength) this.#emit(i, i + 1, length);
  }

  /** Returns where the parts start, and the end. */
  #partition(low: number, high: number, depth: number): number[] {
    if (high - low < 24) return this.#partitionFew(low, high, depth);
    const steps = this.#steps;
    const order = this.#order;
    const sizes = this.#sizes;
    const seen: number[] = [];
    for (let i = low; i < high; i++) {
      const step = steps[order[i]! + depth]!;
      if (sizes[step]!++ === 0) seen.push(step);
    }
    const bounds = [low];
    if (seen.length > 1) {
      let at = low;
      for (const step of seen) {
        const size = sizes[step]!;
        sizes[step] = at;
        at += size;
        bounds.push(at);
      }
      for (let i = low; i < high; i++) this.#spare[sizes[steps[order[i]! + depth]!]!++] = order[i]!;
      order.set(this.#spare.subarray(low, high), low);
    } else bounds.push(high);
    for (const step of seen) sizes[step] = 0;
    return bounds;
  }

  #partitionFew(low: number, high: number, depth: number): number[] {
    const order = this.#order;
    for (let i = low + 1; i < high; i++) {
      const position = order[i]!;
      const step = this.#steps[position + depth]!;
      let k = i;
      for (; k > low && this.#steps[order[k - 1]! + depth]! > step; k--) order[k] = order[k - 1]!;
      order[k] = position;
    }
    const bounds = [low];
    for (let i = low + 1; i < high; i++) if (this.#next(i, depth) !== this.#next(i - 1, depth)) bounds.push(i);
    bounds.push(high);
    return bounds;
  }
}
