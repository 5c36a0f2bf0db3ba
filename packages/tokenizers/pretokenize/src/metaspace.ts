// Blanks written as ▁ (U+2581), so that a piece shows where a word begins, and text can be put together again.
//
//   "Hello  world" → "▁Hello" "▁" "▁world"
//
// Source: Kudo and Richardson 2018, "SentencePiece", arXiv:1808.06226; `Metaspace` of Hugging Face's tokenizers.

import type { Changed, Cut, Pretokenizer } from "./stage.js";
import { whole } from "./stage.js";

/** Options of `metaspace`. */
export interface MetaspaceOptions {
  /** What is written for a blank: one code unit. */
  readonly replacement?: string;
  /** Which pieces get one in front if they do not begin with one: each, that at the start of the text, or none. */
  readonly prependScheme?: "always" | "first" | "never";
  /** Whether to cut before each of them. */
  readonly split?: boolean;
}

/** The pre-tokenizer of sentencepiece's models. Only U+0020 is a blank here. `Metaspace`. */
export function metaspace({
  replacement = "\u2581",
  prependScheme = "always",
  split = true,
}: MetaspaceOptions = {}): Pretokenizer {
  if (replacement.length !== 1) {
    throw new RangeError(`metaspace: replacement must be one UTF-16 code unit, got ${JSON.stringify(replacement)}`);
  }
  if (!["always", "first", "never"].includes(prependScheme)) {
    throw new RangeError(
      `metaspace: prependScheme must be always, first or never, got ${JSON.stringify(prependScheme)}`,
    );
  }
  const change = (piece: string, first: boolean): Changed => {
    const unit = piece[0];
    const prepend = (prependScheme === "always" || (prependScheme === "first" && first)) && unit !== " ";
    if (!prepend || unit === replacement) return unchanged(piece.replaceAll(" ", replacement));
    // Replacing in the joined string gives a flat one; joining last would give a rope, which is slow to read.
    return prefixed(piece, piece.includes(" ") ? ` ${piece}`.replaceAll(" ", replacement) : replacement + piece);
  };
  return [{ change, cut: split ? cutBefore(replacement) : whole }];
}

/** `text`, which is `piece` with one code unit before it; that comes from the piece's first character. */
export function prefixed(piece: string, text: string): Changed {
  const first = piece.codePointAt(0)! > 0xffff ? 2 : 1;
  return {
    text,
    from: (position) => Math.max(0, position - 1),
    to: (position) => (position === 1 ? first : position - 1),
  };
}

/** `text` as it is. */
export function unchanged(text: string): Changed {
  return { text, from: same, to: same };
}

const same = (position: number): number => position;

/** Cuts before each `mark`. */
function cutBefore(mark: string): Cut {
  return (text, start, end, onRange) => {
    for (let at = start, after: number; at < end; at = after) {
      after = text.indexOf(mark, at + 1);
      if (after === -1 || after > end) after = end;
      onRange(at, after);
    }
  };
}
