// The distinct pieces as sequences of symbols, all in one array in which joining two symbols moves nothing.
//
// A symbol that covers k of the first symbols (bytes, or characters) owns k slots and writes its id into the first and the
// last of them. So from the start of a symbol the next one is found k slots on, and from the slot before it the one on
// its left begins k' slots back: a doubly linked list without links. A slot of -1 stands between pieces.

import { BpeError } from "./error.js";
import { grow } from "./grow.js";

export const GAP = -1;
const INSIDE = -2;

export interface WordList {
  /** Symbols, pieces parted by GAP, with one at either end. */
  slots: Int32Array;
  /** How many slots are in use. */
  length: number;
  /** Which piece a slot belongs to. */
  words: Int32Array;
  /** How often a piece occurs. */
  counts: Float64Array;
}

/**
 * Lays out the pieces as `symbolsOf` writes them, where a symbol of GAP parts a piece; those that occur never are left out.
 * Throws BpeError for a wrong count.
 */
export function wordList(
  pieces: Iterable<readonly [string, number]>,
  symbolsOf: (piece: string) => ArrayLike<number>,
): WordList {
  const list: WordList = {
    slots: new Int32Array(4096),
    length: 1,
    words: new Int32Array(4096),
    counts: new Float64Array(512),
  };
  list.slots[0] = GAP;
  let word = 0;
  for (const [piece, count] of pieces) {
    if (!Number.isInteger(count) || count < 0) {
      throw new BpeError(`trainBpe: the count of "${piece.slice(0, 40)}" must be a whole number, got ${String(count)}`);
    }
    const symbols = symbolsOf(piece);
    if (symbols.length === 0 || count === 0) continue;
    const end = list.length + symbols.length;
    list.slots = grow(list.slots, end + 1);
    list.words = grow(list.words, end + 1);
    list.counts = grow(list.counts, word + 1);
    list.slots.set(symbols, list.length);
    list.words.fill(word, list.length, end);
    list.slots[end] = GAP;
    list.counts[word++] = count;
    list.length = end + 1;
  }
  return list;
}

/** Joins the symbols that start at `at` and at `middle` and end before `end`. */
export function join(slots: Int32Array, at: number, middle: number, end: number, id: number): void {
  slots[middle - 1] = INSIDE;
  slots[middle] = INSIDE;
  slots[at] = id;
  slots[end - 1] = id;
}
