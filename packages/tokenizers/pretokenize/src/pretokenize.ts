// Splits a text into the pieces within which byte-pair encoding merges, in linear time and without regular
// expressions: one pass over the UTF-16 code units, looking up each character's kind in a table.
//
//   pieces(text) = text[0, e1), text[e1, e2), …   with e(i+1) = next(text, e(i))
//
// Source: the expressions in patterns.ts. The pieces joined are the text, whatever it holds.

import { cl100k, qwen2 } from "./cl100k.js";
import { falcon } from "./falcon.js";
import { gpt2 } from "./gpt2.js";
import { kindAt, LETTER, NUMBER, runEnd, SIGN, SPACE } from "./kind.js";
import { o200k } from "./o200k.js";
import type { PretokenizerName } from "./patterns.js";
import { cutBy, forEachPiece, type Pretokenizer } from "./stage.js";

/**
 * The end of the piece that starts at `start`, both in UTF-16 code units. `start` must be where a piece begins
 * (0, or an end returned before) and less than `text.length`; the end is always greater than `start`. With `limit`
 * the text counts as ended there.
 */
export type NextBoundary = (text: string, start: number, limit?: number) => number;

function whitespace(text: string, start: number, limit: number = text.length): number {
  return runEnd(text, start, (kindAt(text, start) & SPACE) === 0 ? LETTER | NUMBER | SIGN : SPACE, limit);
}

const scanners: Record<PretokenizerName, NextBoundary> = {
  gpt2,
  cl100k,
  o200k,
  llama3: cl100k,
  qwen2,
  falcon,
  whitespace,
};

/**
 * The boundary function of a pre-tokenizer, for loops that must not allocate:
 * `for (let at = 0, end; at < text.length; at = end) end = next(text, at)`.
 *
 * @throws RangeError if there is no pre-tokenizer of that name.
 */
export function scanner(pattern: PretokenizerName): NextBoundary {
  if (!Object.hasOwn(scanners, pattern)) {
    throw new RangeError(
      `scanner: pattern must be one of ${Object.keys(scanners).join(", ")}, got ${JSON.stringify(pattern)}`,
    );
  }
  return scanners[pattern];
}

/** Calls `onPiece(start, end)` for each piece of `text`, in order, without making a string of it. */
export function scan(text: string, pattern: PretokenizerName, onPiece: (start: number, end: number) => void): void {
  const next = scanner(pattern);
  for (let at = 0, end: number; at < text.length; at = end) {
    end = next(text, at);
    onPiece(at, end);
  }
}

/**
 * The pieces of `text`, in order. Those of a named pattern joined are `text`. The empty text has none.
 *
 * @throws RangeError if there is no pre-tokenizer of that name.
 */
export function pretokenize(text: string, pattern: PretokenizerName | Pretokenizer): string[] {
  const found: string[] = [];
  if (typeof pattern === "string") scan(text, pattern, (start, end) => found.push(text.slice(start, end)));
  else forEachPiece(text, pattern, (changed, start, end) => found.push(changed.slice(start, end)));
  return found;
}

/** A named pattern as a stage, to be joined with others. */
export function pattern(name: PretokenizerName): Pretokenizer {
  return [{ cut: cutBy(scanner(name)) }];
}
