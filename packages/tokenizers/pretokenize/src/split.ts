// Splitting at matches of one's own: a string or a regular expression, with what becomes of the matches.
//
// Source: `Split` of Hugging Face's tokenizers.

import { type SplitBehavior, splitAt } from "./behavior.js";
import type { Cut, Pretokenizer } from "./stage.js";

/** Options of `split`. */
export interface SplitOptions {
  readonly behavior?: SplitBehavior;
  /** Whether the text between the matches counts as match. */
  readonly invert?: boolean;
}

/** Splits at what `matches` finds: `literal("-")`, `expression(/\d/u)`, or a `Cut` of your own. `Split`. */
export function split(matches: Cut, { behavior = "isolated", invert = false }: SplitOptions = {}): Pretokenizer {
  return [{ cut: splitAt(matches, behavior, invert) }];
}

/** Matches a string. The empty one matches nowhere. */
export function literal(wanted: string): Cut {
  return (text, start, end, onRange) => {
    if (wanted === "") return;
    for (let at = text.indexOf(wanted, start); at !== -1 && at + wanted.length <= end; ) {
      onRange(at, at + wanted.length);
      at = text.indexOf(wanted, at + wanted.length);
    }
  };
}

/**
 * Matches an expression of JavaScript's own engine. For expressions that you wrote: a hostile one, or a clumsy one on
 * hostile text, takes exponential time. For those that come from files, see `regex`.
 */
export function expression(source: RegExp): Cut {
  const matcher = new RegExp(source.source, `${source.flags.replace(/[gy]/g, "")}g`);
  return (text, start, end, onRange) => {
    // The engine looks beyond the range that it is given, so it gets the range alone.
    for (const match of text.slice(start, end).matchAll(matcher)) {
      onRange(start + match.index, start + match.index + match[0].length);
    }
  };
}
