// GPT-2's pre-tokenizer as a scanner: the end of the piece that starts at a position.
//
//   's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// Source: Radford et al. 2019, "Language Models are Unsupervised Multitask Learners", section 2.2; encoder.py.

import { kindAt, LETTER, NUMBER, runEnd, SIGN, SPACE } from "./kind.js";
import { contractionEnd, whiteSpaceEnd } from "./parts.js";

const BLANK = 32;

/** The end of GPT-2's piece that starts at `start`, as if the text ended at `limit`. */
export function gpt2(text: string, start: number, limit: number = text.length): number {
  const afterContraction = contractionEnd(text, start, 0, limit);
  if (afterContraction > start) return afterContraction;
  const at = text.charCodeAt(start) === BLANK && start + 1 < limit ? start + 1 : start;
  const kind = kindAt(text, at);
  if ((kind & LETTER) !== 0) return runEnd(text, at, LETTER, limit);
  if ((kind & NUMBER) !== 0) return runEnd(text, at, NUMBER, limit);
  if ((kind & SPACE) === 0) return runEnd(text, at, SIGN, limit);
  return whiteSpaceEnd(text, start, false, limit);
}
