// The pre-tokenizer of cl100k_base (GPT-3.5, GPT-4) and Llama 3 as a scanner, and that of Qwen 2.
//
//   (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}
//   | ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//
// Source: tiktoken, openai_public.py. Since 2024 tiktoken for Python has `\s++$` before `\s*[\r\n]`, which joins
// white space at the very end of a text into one piece even if a newline is inside; npm `tiktoken`, tokenizer.json
// files and this scanner keep the original.

import { kindAt, LETTER, NEWLINE, NUMBER, PAIR, runEnd, SIGN } from "./kind.js";
import { contractionEnd, digitsEnd, FOLD, whiteSpaceEnd } from "./parts.js";

const BLANK = 32;

/** The end of cl100k's piece that starts at `start`, as if the text ended at `limit`. */
export function cl100k(text: string, start: number, limit: number = text.length): number {
  const first = kindAt(text, start);
  if ((first & LETTER) !== 0) return runEnd(text, start, LETTER, limit);
  if ((first & NUMBER) !== 0) return digitsEnd(text, start, 3, limit);
  return notDigitsEnd(text, start, limit, first);
}

/** The same for Qwen 2 and 2.5, whose expression has `\p{N}` for `\p{N}{1,3}`: one digit a piece. */
export function qwen2(text: string, start: number, limit: number = text.length): number {
  const first = kindAt(text, start);
  if ((first & LETTER) !== 0) return runEnd(text, start, LETTER, limit);
  if ((first & NUMBER) !== 0) return digitsEnd(text, start, 1, limit);
  return notDigitsEnd(text, start, limit, first);
}

function notDigitsEnd(text: string, start: number, limit: number, first: number): number {
  const afterContraction = contractionEnd(text, start, FOLD, limit);
  if (afterContraction > start) return afterContraction;

  const next = start + ((first & PAIR) === 0 ? 1 : 2);
  const second = next < limit ? kindAt(text, next) : 0;
  if ((second & LETTER) !== 0 && (first & NEWLINE) === 0) return runEnd(text, next, LETTER, limit);
  if ((first & SIGN) !== 0) return signsEnd(text, next, limit);
  if ((second & SIGN) !== 0 && text.charCodeAt(start) === BLANK) return signsEnd(text, next, limit);
  return whiteSpaceEnd(text, start, true, limit);
}

/** The end of [^\s\p{L}\p{N}]*[\r\n]* at `at`. */
function signsEnd(text: string, at: number, limit: number): number {
  return runEnd(text, runEnd(text, at, SIGN, limit), NEWLINE, limit);
}
