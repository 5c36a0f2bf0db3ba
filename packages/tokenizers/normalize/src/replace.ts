// Normalizers that replace what an expression matches, the form that most of this package has.
//
//   replace(/\d+/u, "0")("a12b") = "a0b"
//
// Source: `Replace`, `Prepend` and `Strip` of Hugging Face's tokenizers.

import { Edits } from "./alignment.js";
import type { Normalizer } from "./compose.js";

/**
 * The normalizer that replaces each match of `pattern`, a string or an expression, by `replacement`, taken literally,
 * or by what it returns for the match. The expression runs in JavaScript's engine: take none from strangers.
 */
export function replace(pattern: string | RegExp, replacement: string | ((match: string) => string)): Normalizer {
  const matcher = typeof pattern === "string" ? pattern : new RegExp(pattern, `${pattern.flags.replace(/[gy]/g, "")}g`);
  if (matcher === "") throw new RangeError("replace: pattern must not be empty; use prepend");
  const make = typeof replacement === "string" ? () => replacement : replacement;
  const plain = typeof replacement === "string" && !replacement.includes("$") ? replacement : make;
  // Typed apart for TypeScript; the same call.
  const apply = (text: string): string =>
    typeof plain === "string" ? text.replaceAll(matcher, plain) : text.replaceAll(matcher, (match) => plain(match));
  return Object.assign(apply, {
    align: (text: string) => {
      const edits = new Edits(text);
      text.replaceAll(matcher, (match: string, ...rest: unknown[]) => {
        const made = make(match);
        // The offset follows the groups, of which there may be any number.
        const offset = rest.find((each) => typeof each === "number") as number;
        if (made !== match) edits.replace(offset, offset + match.length, made);
        return made;
      });
      return edits.finish();
    },
  });
}

/** The normalizer that puts `prefix` before every text that is not empty. It comes from the text's first character. */
export function prepend(prefix: string): Normalizer {
  return Object.assign((text: string) => (text === "" ? "" : prefix + text), {
    align: (text: string) => {
      const edits = new Edits(text);
      if (text !== "") {
        const first = String.fromCodePoint(text.codePointAt(0)!);
        edits.replace(0, first.length, prefix + first);
      }
      return edits.finish();
    },
  });
}

/** Options of `trim`. */
export interface TrimOptions {
  readonly left?: boolean;
  readonly right?: boolean;
}

/** The normalizer that removes white space (`\p{White_Space}`) from the ends of a text. */
export function trim({ left = true, right = true }: TrimOptions = {}): Normalizer {
  const apply = (text: string): string => text.slice(left ? leftEnd(text) : 0, right ? rightEnd(text) : undefined);
  return Object.assign(apply, {
    align: (text: string) => {
      const edits = new Edits(text);
      const start = left ? leftEnd(text) : 0;
      const end = right ? Math.max(start, rightEnd(text)) : text.length;
      if (start > 0) edits.replace(0, start, "");
      if (end < text.length) edits.replace(end, text.length, "");
      return edits.finish();
    },
  });
}

const WHITE_SPACE = /\p{White_Space}/u;

function leftEnd(text: string): number {
  let at = 0;
  while (at < text.length && WHITE_SPACE.test(text[at]!)) at++;
  return at;
}

/** An expression such as /\s+$/ would be tried at each blank of the text: quadratic time. */
function rightEnd(text: string): number {
  let at = text.length;
  while (at > 0 && WHITE_SPACE.test(text[at - 1]!)) at--;
  return at;
}
