// The pre-tokenizer of cl100k_base (GPT-3.5, GPT-4) and Llama 3 as a scanner.
//
//   (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}
//   | ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//
// Source: tiktoken, openai_public.py. Since 2024 tiktoken for Python has `\s++$` before `\s*[\r\n]`, which joins
// white space at the very end of a text into one piece even if a newline is inside; npm `tiktoken`, tokenizer.json
// files and this scanner keep the original.

import { kindAt, LETTER, NEWLINE, NUMBER, PAIR, runEnd, SIGN } from "./kind.js";
import { contractionEnd, FOLD, threeDigitsEnd, whiteSpaceEnd } from "./parts.js";

const BLANK = 32;

/** The end of cl100k's piece that starts at `start`, which is less than `text.length`. */
export function cl100k(text: string, start: number): number {
  const first = kindAt(text, start);
  if ((first & LETTER) !== 0) return runEnd(text, start, LETTER);
  if ((first & NUMBER) !== 0) return threeDigitsEnd(text, start);
  const afterContraction = contractionEnd(text, start, FOLD);
  if (afterContraction > start) return afterContraction;

  const next = start + ((first & PAIR) === 0 ? 1 : 2);
  const second = next < text.length ? kindAt(text, next) : 0;
  if ((second & LETTER) !== 0 && (first & NEWLINE) === 0) return runEnd(text, next, LETTER);
  if ((first & SIGN) !== 0) return runEnd(text, runEnd(text, next, SIGN), NEWLINE);
  if ((second & SIGN) !== 0 && text.charCodeAt(start) === BLANK) {
    return runEnd(text, runEnd(text, next, SIGN), NEWLINE);
  }
  return whiteSpaceEnd(text, start, true);
}
