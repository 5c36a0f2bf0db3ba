// Where pieces may not go on: at blanks, where the script changes, around digits. Text is cut there before training, so
// that no piece that is learned spans such a place.
//
// Source: sentencepiece's trainer (IsValidSentencePiece), whose switches these are.

import { INHERITED, scriptTable } from "./scripts.js";

const BLANK = 0x2581;

/** Which places pieces may not span. */
export interface WordOptions {
  /** Default true. */
  splitByWhitespace?: boolean;
  /** Default true. */
  splitByUnicodeScript?: boolean;
  /** Whether digits are a script of their own; default true. */
  splitByNumber?: boolean;
  /** Whether each digit is a word; default false. */
  splitDigits?: boolean;
  /** Whether blanks belong to the word before them; default false. */
  treatWhitespaceAsSuffix?: boolean;
  /** Whether pieces may consist of several blanks; default false. */
  allowWhitespaceOnlyPieces?: boolean;
}

/** A function that returns where the word of normalized `text` that starts at `start` ends. */
export function wordScanner(options: WordOptions = {}): (text: string, start: number) => number {
  const mayJoin = joiner(options);
  return (text, start) => {
    let at = start;
    let left = text.codePointAt(at)!;
    at += left > 0xffff ? 2 : 1;
    let script = mayJoin.scriptAfter(-1, left);
    while (at < text.length) {
      const right = text.codePointAt(at)!;
      if (!mayJoin(left, right, script)) break;
      script = mayJoin.scriptAfter(script, right);
      left = right;
      at += right > 0xffff ? 2 : 1;
    }
    return at;
  };
}

interface Joiner {
  /** Whether a piece may go on from `left` to `right`, with what has been the script so far, -1 for none. */
  (left: number, right: number, script: number): boolean;
  scriptAfter: (script: number, codePoint: number) => number;
}

function joiner({
  splitByWhitespace = true,
  splitByUnicodeScript = true,
  splitByNumber = true,
  splitDigits = false,
  treatWhitespaceAsSuffix = false,
  allowWhitespaceOnlyPieces = false,
}: WordOptions): Joiner {
  const scriptOf = scriptTable();
  const free = (codePoint: number): boolean => codePoint === BLANK || (!splitByNumber && isDigit(codePoint));
  const scriptAfter = (script: number, codePoint: number): number => {
    if (!splitByUnicodeScript || free(codePoint)) return script;
    const own = scriptOf(codePoint);
    return own === INHERITED ? script : own;
  };
  const blanksJoin = (left: number, right: number): boolean => {
    if (left === BLANK && right === BLANK) return allowWhitespaceOnlyPieces;
    if (!splitByWhitespace) return true;
    return treatWhitespaceAsSuffix ? left !== BLANK : right !== BLANK;
  };
  const mayJoin = (left: number, right: number, script: number): boolean => {
    if (left === 0 || right === 0) return false; // no piece may have it
    if (left === BLANK || right === BLANK) {
      if (!blanksJoin(left, right)) return false;
    }
    if (splitDigits && (isDigit(left) || isDigit(right))) return false;
    const next = scriptAfter(script, right);
    return script === -1 || next === script;
  };
  return Object.assign(mayJoin, { scriptAfter });
}

function isDigit(codePoint: number): boolean {
  return (codePoint >= 0x30 && codePoint <= 0x39) || (codePoint >= 0xff10 && codePoint <= 0xff19);
}
