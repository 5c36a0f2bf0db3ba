// The distinct words to learn from, as numbers: each character is a code, frequent characters having low ones.

import { CELL } from "../double-array.js";
import { UnigramError } from "../error.js";

/** Between words. */
export const GAP = 0;

/** Words one after the other with a GAP behind each, and how often each occurs. */
export interface Corpus {
  /** Code * CELL of each character: its step in a trie. */
  readonly steps: Int32Array;
  /** Where word w starts in `steps`; its GAP is the number before `starts[w + 1]`. */
  readonly starts: Int32Array;
  readonly counts: Float64Array;
  /** Code - 1 → character. */
  readonly alphabet: readonly string[];
}

/**
 * Reads words and counts. The most frequent characters that make up `coverage` of all are kept; others, which will be unknown,
 * cut words apart.
 */
export function corpusOf(words: Iterable<readonly [string, number]>, coverage: number): Corpus {
  const list: string[] = [];
  const listCounts: number[] = [];
  const characterCounts = new Map<string, number>();
  for (const [word, count] of words) {
    if (!Number.isSafeInteger(count) || count < 0) {
      throw new UnigramError(
        `trainUnigram: the count of ${JSON.stringify(word)} must be a whole number, got ${String(count)}`,
      );
    }
    if (count === 0 || word === "") continue;
    list.push(word);
    listCounts.push(count);
    for (const character of word) characterCounts.set(character, (characterCounts.get(character) ?? 0) + count);
  }
  const alphabet = covering(characterCounts, coverage);
  const codes = new Map(alphabet.map((character, k) => [character, k + 1]));
  const builder = new Builder();
  list.forEach((word, w) => {
    for (const character of word) builder.add(codes.get(character) ?? GAP, listCounts[w]!);
    builder.add(GAP, listCounts[w]!);
  });
  return { ...builder.finish(), alphabet };
}

function covering(counts: ReadonlyMap<string, number>, coverage: number): string[] {
  let total = 0;
  // A lone surrogate is no character.
  const known = [...counts].filter(([character]) => !/^\p{Surrogate}$/u.test(character));
  for (const [, count] of known) total += count;
  known.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const alphabet: string[] = [];
  let covered = 0;
  for (const [character, count] of known) {
    if (covered >= coverage * total) break;
    alphabet.push(character);
    covered += count;
  }
  return alphabet;
}

class Builder {
  #steps = new Int32Array(1024);
  #length = 0;
  readonly #starts: number[] = [0];
  readonly #counts: number[] = [];

  add(code: number, count: number): void {
    if (code === GAP && this.#length === this.#starts[this.#starts.length - 1]) return;
    if (this.#length === this.#steps.length) {
      const grown = new Int32Array(2 * this.#length);
      grown.set(this.#steps);
      this.#steps = grown;
    }
    this.#steps[this.#length++] = code * CELL;
    if (code !== GAP) return;
    this.#starts.push(this.#length);
    this.#counts.push(count);
  }

  finish(): Omit<Corpus, "alphabet"> {
    return {
      steps: this.#steps.slice(0, this.#length),
      starts: Int32Array.from(this.#starts),
      counts: Float64Array.from(this.#counts),
    };
  }
}
