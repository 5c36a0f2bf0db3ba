// Two ways to say what BPE may join, both brought to the same form: pair → rank, rank → joined token.
//
// GPT-2 and Hugging Face list the pairs themselves, in the order in which training found them. tiktoken lists
// tokens only: any two neighbours may be joined if their bytes together are a token, and the token's id is the
// rank. So the pairs of a token are all the ways to cut its bytes into two tokens; most have one or two.

import { BpeError } from "./error.js";
import type { Merges } from "./merge.js";
import { PairMap } from "./pair-map.js";
import { concatenate, MAX_ID, shown, type Vocabulary } from "./vocabulary.js";

/** Every cut of every token into two tokens. The token's rank is its place in `order`, a list of ids; without it, its id. */
export function mergesFromVocabulary(vocabulary: Vocabulary, order?: ArrayLike<number>): Merges {
  const ranks = new PairMap(vocabulary.size * 2);
  const merged = Int32Array.from(order ?? { length: vocabulary.idLimit }, (id, rank) => id ?? rank);
  const { bytes, base, starts, lengths } = vocabulary;
  for (let rank = 0; rank < merged.length; rank++) {
    const id = merged[rank]!;
    const length = lengths[id]!;
    const start = starts[id]!;
    // From the right, so that hash(suffix) grows by a byte a step; hash(prefix) follows from the two.
    const whole = vocabulary.hash(bytes, start, start + length);
    let suffix = 0;
    let power = 1;
    for (let cut = start + length - 1; cut > start; cut--) {
      suffix = (suffix + Math.imul(bytes[cut]! + 1, power)) | 0;
      power = Math.imul(power, base);
      const right = vocabulary.find(suffix, bytes, cut, start + length);
      if (right === -1) continue;
      // whole = prefix · power + suffix, and power, being odd, has an inverse modulo 2^32.
      const prefix = Math.imul(whole - suffix, inverse(power));
      const left = vocabulary.find(prefix, bytes, start, cut);
      if (left !== -1) ranks.set(left, right, rank);
    }
  }
  return { ranks, merged };
}

/** 1 / x modulo 2^32 for odd x, by Newton's iteration: each step doubles the number of right bits, from 3. */
function inverse(x: number): number {
  let y = x;
  for (let i = 0; i < 4; i++) y = Math.imul(y, 2 - Math.imul(x, y));
  return y;
}

/** Options of `mergesFromPairs`. */
interface FromPairsOptions {
  /** Whether a token that the vocabulary lacks is added with the next free id, or an error. */
  extend: boolean;
  /**
   * Whether pairs that follow one another and make the same token share a rank: how a list of pairs that was made from
   * tiktoken's ranks keeps their meaning.
   */
  share: boolean;
  /** What each token but the first of a word begins with; the right one loses it when it is joined. */
  prefix?: Uint8Array;
}

/** The pairs in the order given. Throws BpeError for a pair of, or into, tokens that are not there. */
export function mergesFromPairs(
  pairs: Iterable<readonly [number, number]>,
  vocabulary: Vocabulary,
  { extend, share, prefix = new Uint8Array() }: FromPairsOptions,
): Merges {
  const ranks = new PairMap(vocabulary.size);
  const merged: number[] = [];
  let count = 0;
  for (const [left, right] of pairs) {
    const a = vocabulary.bytesOf(left);
    const b = vocabulary.bytesOf(right);
    const where = `BPE: merge ${count} [${left}, ${right}]`;
    if (!a || !b) throw new BpeError(`${where} names the id ${a ? right : left}, which no token has`);
    const joined = concatenate(a, prefix.every((byte, i) => b[i] === byte) ? b.subarray(prefix.length) : b);
    let id = vocabulary.idOf(joined);
    if (id === -1) {
      if (!extend) throw new BpeError(`${where} makes a token that the vocabulary lacks: bytes ${shown(joined)}`);
      id = vocabulary.idLimit;
      vocabulary.add(joined, id);
    }
    if (count++ === MAX_ID) throw new BpeError(`BPE: more than ${MAX_ID} merges`);
    if (!share || id !== merged.at(-1)) merged.push(id);
    // A pair that is listed twice has its last rank, as where merges are put into a map one after the other.
    ranks.set(left, right, merged.length - 1);
  }
  return { ranks, merged: Int32Array.from(merged) };
}

/** The pairs in the order of joining: `mergesFromPairs` makes the same merges of them. */
export function pairsInOrder({ ranks }: Merges): [number, number][] {
  const entries = ranks.entries().sort((a, b) => a[2] - b[2] || a[0] - b[0] || a[1] - b[1]);
  return entries.map(([left, right]) => [left, right]);
}
