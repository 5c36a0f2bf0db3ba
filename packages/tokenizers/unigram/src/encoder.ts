// Text, as UTF-16 units, to ids: word by word where no piece spans words (boundaries.ts), each word from the cache or by
// the search, so that all agrees with one search over the whole text.
//
// The sum of scores goes through the words, as its rounding may decide between segmentations that are nearly equal.

import { type Boundary, boundaryOf, nextBoundary } from "./boundaries.js";
import { UnigramError } from "./error.js";
import { MarginSearch } from "./margin.js";
import { utf8At } from "./units.js";
import { UNKNOWN, Viterbi } from "./viterbi.js";
import type { Vocabulary } from "./vocabulary.js";
import { MAX_CACHED, WordCache } from "./word-cache.js";

/** Encodes with one vocabulary. */
export class Encoder {
  readonly #vocabulary: Vocabulary;
  readonly #viterbi: Viterbi;
  readonly #margins: MarginSearch;
  readonly #boundary: Boundary;
  readonly #cache: WordCache | undefined;
  /** How much an addition may be off, relative to the sum. */
  readonly #ulp: number;
  readonly #sum: Float32Array | Float64Array;

  constructor(vocabulary: Vocabulary) {
    this.#vocabulary = vocabulary;
    this.#viterbi = new Viterbi(vocabulary);
    this.#margins = new MarginSearch(vocabulary, MAX_CACHED);
    this.#boundary = boundaryOf(vocabulary.visible.map((id) => vocabulary.pieces[id]!));
    this.#ulp = vocabulary.precision === "float32" ? 2 ** -24 : 2 ** -53;
    this.#sum = vocabulary.precision === "float32" ? new Float32Array(1) : new Float64Array(1);
    // With scores above zero a sum may be larger on its way than at its ends, which `#limit` does not foresee.
    const bounded = vocabulary.visible.every((id) => vocabulary.bestScores[id]! <= 0);
    this.#cache = bounded && this.#boundary !== "none" ? new WordCache() : undefined;
  }

  /** Appends the ids of `units[0, length)` to `out`. */
  encode(units: Uint16Array, length: number, out: number[]): void {
    const sum = this.#sum;
    sum[0] = 0;
    const fresh = out.length;
    for (let begin = 0; begin < length; ) {
      const end = nextBoundary(units, begin, length, this.#boundary);
      const cache = end - begin <= MAX_CACHED ? this.#cache : undefined;
      const known = cache?.find(units, begin, end);
      if (known && -sum[0]! < cache!.limit) this.#append(cache!, out);
      else sum[0] = this.#search(units, begin, end, known ? undefined : cache, fresh, out);
      begin = end;
    }
  }

  #append(cache: WordCache, out: number[]): void {
    const { bestScores } = this.#vocabulary;
    const sum = this.#sum;
    const ids = cache.ids;
    for (let i = cache.first; i < cache.first + cache.count; i++) {
      out.push(ids[i]!);
      sum[0]! += bestScores[ids[i]!]!;
    }
  }

  /** Appends the ids of a word that is searched for, and may be kept; returns the sum with it. */
  #search(
    units: Uint16Array,
    begin: number,
    end: number,
    keepIn: WordCache | undefined,
    fresh: number,
    out: number[],
  ): number {
    const viterbi = this.#viterbi;
    const count = viterbi.search(units, begin, end, this.#sum[0]!);
    let unknown = false;
    for (let i = count - 1; i >= 0; i--) {
      const id = viterbi.ids[i]!;
      if (id !== UNKNOWN) {
        out.push(id);
        continue;
      }
      unknown = true;
      appendUnknown(this.#vocabulary, units, viterbi.starts[i]!, fresh, out);
    }
    if (keepIn && !unknown) {
      const limit = this.#limit(this.#margins.margin(units, begin, end), end - begin);
      // What depends on the sum so far is not kept, unless as one that is always searched again.
      if (-this.#sum[0]! < limit || limit <= 0) keepIn.keep(units, begin, end, viterbi.ids, count, limit);
    }
    return viterbi.score(end - begin);
  }

  /** How far below zero a sum may be before a word, of `length` units at most as many additions, may be cut otherwise. */
  #limit(margin: number, length: number): number {
    if (margin === Infinity) return Infinity;
    return margin / (2 * length * this.#ulp) + this.#margins.second;
  }
}

/** Appends what stands for the unknown character at `at`: its bytes, or the unknown id, once for neighbors. */
export function appendUnknown(
  { byteIds, unknownId }: Vocabulary,
  units: Uint16Array,
  at: number,
  fresh: number,
  out: number[],
): void {
  if (byteIds) for (const byte of utf8At(units, at)) out.push(byteIds[byte]!);
  else if (unknownId === UNKNOWN) {
    const character = String.fromCharCode(units[at]!, units[at + 1] ?? 0).slice(
      0,
      (units[at]! & 0xfc00) === 0xd800 ? 2 : 1,
    );
    throw new UnigramError(
      `Unigram.encode: no piece has the character ${JSON.stringify(character)}; give the vocabulary an unknownId or byteFallback`,
    );
  } else if (out.length === fresh || out[out.length - 1] !== unknownId) out.push(unknownId);
}
