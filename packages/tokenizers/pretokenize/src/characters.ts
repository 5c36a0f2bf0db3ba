// Pre-tokenizers that look at one character at a time: BERT's, and those that split at white space, digits, punctuation.
//
// Source: Devlin et al. 2019, arXiv:1810.04805 (BasicTokenizer); the pre-tokenizers of Hugging Face's tokenizers of the
// names that stand below.

import { type SplitBehavior, splitAt } from "./behavior.js";
import { type CharacterClass, isIdeograph, isNumber, isPunctuation, isWhiteSpace, isWord } from "./character-class.js";
import type { Cut, Pretokenizer } from "./stage.js";

/** Matches each character of the class, one by one. */
function each(isMember: CharacterClass): Cut {
  const ascii = Array.from({ length: 128 }, (_, codePoint) => isMember(codePoint));
  return (text, start, end, onRange) => {
    for (let at = start, after: number; at < end; at = after) {
      const unit = text.charCodeAt(at);
      after = at + 1;
      if (unit < 128) {
        if (ascii[unit]) onRange(at, after);
        continue;
      }
      const codePoint = text.codePointAt(at)!;
      if (codePoint > 0xffff) after++;
      if (isMember(codePoint)) onRange(at, after);
    }
  };
}

/** Cuts into runs of characters of the same kind; kind 0 is left out, and characters of a kind below 0 stand alone. */
function runs(kindOf: (codePoint: number) => number): Cut {
  const ascii = Int8Array.from({ length: 128 }, (_, codePoint) => kindOf(codePoint));
  return (text, start, end, onRange) => {
    let from = start;
    let kind = 0;
    for (let at = start, after: number; at < end; at = after) {
      const unit = text.charCodeAt(at);
      after = at + 1;
      let here: number;
      if (unit < 128) here = ascii[unit]!;
      else {
        const codePoint = text.codePointAt(at)!;
        if (codePoint > 0xffff) after++;
        here = kindOf(codePoint);
      }
      if (here === kind && here > 0) continue;
      if (kind !== 0) onRange(from, at);
      from = at;
      kind = here;
    }
    if (kind !== 0 && end > from) onRange(from, end);
  };
}

/** Splits at each character of the class; `splitAt` does so too, but more slowly than the runs of the plain behaviors. */
function splitAtEach(isMember: CharacterClass, behavior: SplitBehavior): Cut {
  const kinds: Partial<Record<SplitBehavior, number>> = { removed: 0, isolated: -1, contiguous: 2 };
  const kind = Object.hasOwn(kinds, behavior) ? kinds[behavior] : undefined;
  if (kind === undefined) return splitAt(each(isMember), behavior);
  return runs((codePoint) => (isMember(codePoint) ? kind : 1));
}

/** Options of `bert`. */
export interface BertOptions {
  /** Whether CJK ideographs stand alone. In Hugging Face's files BERT's normalizer sees to it, with blanks. */
  readonly splitIdeographs?: boolean;
}

/** BERT: words between white space, which is left out; each sign of punctuation stands alone. `BertPreTokenizer`. */
export function bert({ splitIdeographs = false }: BertOptions = {}): Pretokenizer {
  const standsAlone: CharacterClass = splitIdeographs
    ? (codePoint) => isPunctuation(codePoint) || isIdeograph(codePoint)
    : isPunctuation;
  return [{ cut: runs((codePoint) => (isWhiteSpace(codePoint) ? 0 : standsAlone(codePoint) ? -1 : 1)) }];
}

/** What stands between white space. `WhitespaceSplit`. */
export function whitespaceSplit(): Pretokenizer {
  return [{ cut: runs((codePoint) => (isWhiteSpace(codePoint) ? 0 : 1)) }];
}

/** Words, and runs of what is neither word nor white space: `\w+|[^\w\s]+`. Hugging Face calls this `Whitespace`. */
export function words(): Pretokenizer {
  return [{ cut: runs((codePoint) => (isWhiteSpace(codePoint) ? 0 : isWord(codePoint) ? 1 : 2)) }];
}

/** Options of `digits`. */
export interface DigitsOptions {
  /** Each number character alone, or runs of them. */
  readonly individual?: boolean;
}

/** Parts numbers (`\p{N}`) from the rest. `Digits`. */
export function digits({ individual = false }: DigitsOptions = {}): Pretokenizer {
  return [{ cut: splitAtEach(isNumber, individual ? "isolated" : "contiguous") }];
}

/** Options of `punctuation`. */
export interface PunctuationOptions {
  readonly behavior?: SplitBehavior;
}

/** Splits at BERT's punctuation. `Punctuation`. */
export function punctuation({ behavior = "isolated" }: PunctuationOptions = {}): Pretokenizer {
  return [{ cut: splitAtEach(isPunctuation, behavior) }];
}
