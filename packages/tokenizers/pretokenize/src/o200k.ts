// The pre-tokenizer of o200k_base (GPT-4o) as a scanner.
//
//   [^\r\n\p{L}\p{N}]?A*B+C?|[^\r\n\p{L}\p{N}]?A+B*C?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+
//   A = [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]   B = [\p{Ll}\p{Lm}\p{Lo}\p{M}]   C = (?i:'s|'t|'re|'ve|'m|'ll|'d)
//
// A and B share caseless letters and marks, so A*B+ backtracks: after a run of A with no lower case behind it, B+
// begins at the run's last shared character, and the upper case after that one starts the next piece.
// A mark may also be the first class's one character; whichever way it is read, the match ends at the same place.
//
// Source: tiktoken, openai_public.py.

import { CASELESS, kindAt, LETTER, LOWER, MARK, NEWLINE, NUMBER, PAIR, runEnd, SIGN, UPPER } from "./kind.js";
import { contractionEnd, digitsEnd, FOLD, whiteSpaceEnd } from "./parts.js";

const BLANK = 32;
const SLASH = 47;
const SHARED = CASELESS | MARK;

/** The end of A*B+|A+B* at `start`, or `start` if neither matches. */
function wordEnd(text: string, start: number, limit: number): number {
  let at = start;
  let afterShared = start;
  while (at < limit) {
    const kind = kindAt(text, at);
    if ((kind & (UPPER | SHARED)) === 0) break;
    at += (kind & PAIR) === 0 ? 1 : 2;
    if ((kind & SHARED) !== 0) afterShared = at;
  }
  const end = runEnd(text, at, LOWER | SHARED, limit);
  return end === at && afterShared > start ? afterShared : end;
}

/** The end of [^\s\p{L}\p{N}]+[\r\n/]* at `start`, where a sign stands. */
function signsEnd(text: string, start: number, limit: number): number {
  let end = runEnd(text, start, SIGN, limit);
  while (end < limit && (text.charCodeAt(end) === SLASH || (kindAt(text, end) & NEWLINE) !== 0)) end++;
  return end;
}

/** The end of o200k's piece that starts at `start`, as if the text ended at `limit`. */
export function o200k(text: string, start: number, limit: number = text.length): number {
  const first = kindAt(text, start);
  if ((first & (LETTER | MARK)) !== 0) return contractionEnd(text, wordEnd(text, start, limit), FOLD, limit);
  if ((first & NUMBER) !== 0) return digitsEnd(text, start, 3, limit);

  const next = start + ((first & PAIR) === 0 ? 1 : 2);
  const second = next < limit ? kindAt(text, next) : 0;
  if ((second & (LETTER | MARK)) !== 0 && (first & NEWLINE) === 0) {
    return contractionEnd(text, wordEnd(text, next, limit), FOLD, limit);
  }
  if ((first & SIGN) !== 0) return signsEnd(text, start, limit);
  if ((second & SIGN) !== 0 && text.charCodeAt(start) === BLANK) return signsEnd(text, next, limit);
  return whiteSpaceEnd(text, start, true, limit);
}
