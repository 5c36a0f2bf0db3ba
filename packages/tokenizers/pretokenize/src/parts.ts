// The parts that the expressions of GPT-2, cl100k and o200k have in common, each as the end of what it matches before
// `limit`, which stands for the end of the text.

import { kindAt, NEWLINE, NUMBER, PAIR, SPACE } from "./kind.js";

const APOSTROPHE = 39;
const LONG_S = 0x17f;

/** Folds ASCII letters to lower case when or-ed to a code unit: the (?i: of cl100k and o200k. */
export const FOLD = 32;

/** The end of 's 't 're 've 'm 'll 'd at `at`, before `limit`, or `at` if there is none. `fold` is FOLD or 0. */
export function contractionEnd(text: string, at: number, fold: number, limit: number): number {
  if (at + 1 >= limit || text.charCodeAt(at) !== APOSTROPHE) return at;
  const unit = text.charCodeAt(at + 1);
  switch (unit | fold) {
    case 115: // s
    case 116: // t
    case 109: // m
    case 100: // d
      return at + 2;
    case 108: // ll
      return at + 2 < limit && (text.charCodeAt(at + 2) | fold) === 108 ? at + 3 : at;
    case 114: // re
    case 118: // ve
      return at + 2 < limit && (text.charCodeAt(at + 2) | fold) === 101 ? at + 3 : at;
    default:
      return fold !== 0 && unit === LONG_S ? at + 2 : at;
  }
}

/** The end of \p{N}{1,count} at `at`, or `at` if there is none. */
export function digitsEnd(text: string, at: number, count: number, limit: number): number {
  let end = at;
  for (let left = count; left > 0 && end < limit; left--) {
    const kind = kindAt(text, end);
    if ((kind & NUMBER) === 0) break;
    end += (kind & PAIR) === 0 ? 1 : 2;
  }
  return end;
}

/**
 * The end of `\s+(?!\S)|\s+` at a white space: a run gives its last character to the word that follows, unless
 * it has no other or the text (at `limit`) ends. With `newlines`, `\s*[\r\n]+` comes first: up to the run's last newline.
 *
 * Each character is looked at no more than three times over all the pieces of a run, so this stays linear.
 */
export function whiteSpaceEnd(text: string, at: number, newlines: boolean, limit: number): number {
  let end = at;
  let afterNewline = at;
  for (; end < limit; end++) {
    const kind = kindAt(text, end);
    if ((kind & SPACE) === 0) break;
    if ((kind & NEWLINE) !== 0) afterNewline = end + 1;
  }
  if (newlines && afterNewline > at) return afterNewline;
  return end === limit || end === at + 1 ? end : end - 1;
}
