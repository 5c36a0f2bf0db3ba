// The characters that character BPE begins with: those it is told, and the most frequent ones of the text.

import { BpeError } from "./error.js";

/** Which characters become tokens, and how they are spelled. */
export interface AlphabetOptions {
  /** Characters to have whether they occur or not. */
  initialAlphabet?: Iterable<string>;
  /** How many characters to have at most, those of `initialAlphabet` included; default all. BERT's is 1000. */
  alphabetSize?: number;
  /** The share of the text that the characters are to cover, the most frequent first; default 1. LLaMA's is 0.99995. */
  coverage?: number;
  /** What tokens within a word begin with, "##" say; default "". */
  continuingSubwordPrefix?: string;
  /** What tokens at the end of a word end in, "</w>" say; default "". */
  endOfWordSuffix?: string;
}

/** The characters by code point. Throws BpeError for a coverage or a size that cannot be. */
export function alphabetOf(pieces: Iterable<readonly [string, number]>, options: AlphabetOptions): string[] {
  const { initialAlphabet = [], alphabetSize = Number.POSITIVE_INFINITY, coverage = 1 } = options;
  if (!(coverage > 0 && coverage <= 1)) {
    throw new BpeError(`trainCharacterBpe: coverage must be above 0 and at most 1, got ${String(coverage)}`);
  }
  if (!(alphabetSize >= 0)) {
    throw new BpeError(`trainCharacterBpe: alphabetSize must be a number of characters, got ${String(alphabetSize)}`);
  }
  const counts = new Map<string, number>();
  let total = 0;
  for (const [piece, count] of pieces) {
    for (const character of piece) {
      counts.set(character, (counts.get(character) ?? 0) + count);
      total += count;
    }
  }
  const chosen = new Set([...initialAlphabet].map(oneCharacter));
  let covered = 0;
  for (const [character, count] of [...counts].sort((a, b) => b[1] - a[1] || byCode(a[0], b[0]))) {
    if (covered >= coverage * total || (chosen.size >= alphabetSize && !chosen.has(character))) break;
    covered += count;
    if (!isSurrogate(character)) chosen.add(character);
  }
  return [...chosen].sort(byCode);
}

/** The ways to spell a character: within a word or at its start, at its end or before it. */
export function spellings(character: string, options: AlphabetOptions): string[] {
  const { continuingSubwordPrefix: prefix = "", endOfWordSuffix: suffix = "" } = options;
  const plain = character + suffix;
  return [...new Set([character, prefix + character, plain, prefix + plain])];
}

/** The characters of a piece as they are spelled where they stand. */
export function spell(piece: string, options: AlphabetOptions): string[] {
  const { continuingSubwordPrefix: prefix = "", endOfWordSuffix: suffix = "" } = options;
  const characters = [...piece];
  const last = characters.length - 1;
  return characters.map((character, i) => (i === 0 ? "" : prefix) + character + (i === last ? suffix : ""));
}

function oneCharacter(text: string): string {
  if ([...text].length !== 1 || isSurrogate(text)) {
    throw new BpeError(`trainCharacterBpe: initialAlphabet must hold single characters, got ${JSON.stringify(text)}`);
  }
  return text;
}

function isSurrogate(character: string): boolean {
  return /^\p{Surrogate}$/u.test(character);
}

function byCode(a: string, b: string): number {
  return a.codePointAt(0)! - b.codePointAt(0)!;
}
