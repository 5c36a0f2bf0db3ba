// The pre-tokenizer of Falcon as a scanner.
//
//   P+| ?\p{L}+|[0-9]{1,3}| ?(\p{N} but not 0-9)+| ?[^\s\p{L}\p{N}P]+|\s+(?![^\sP])|\s+      P = BERT's punctuation
//
// Its tokenizer.json says so in four steps: runs of punctuation, GPT-2's expression within the rest, runs of digits,
// and threes of 0-9. The last two are applied there to bytes that are written as characters, of which ² ³ ¹ ¼ ½ ¾ are
// numbers: so it also cuts around such bytes, as within "ü" between C3 and BC (¼). This scanner does not. A vocabulary
// that was learned with those cuts has no token across them, hence the same ids; the pieces differ. One that was learned with
// this scanner's does (`mayJoin` of @llm/bpe's `trainBpe` can forbid them). The four steps, to the letter, are `sequence(punctuation(…), byteLevelSplit({ write: "bytes", … }), digits(), split(…))`.
//
// Source: Almazrouei et al. 2023, "The Falcon Series of Open Language Models", arXiv:2311.16867; its tokenizer.json.

import { kindAt, LETTER, NUMBER, PAIR, PUNCTUATION, runEnd, SIGN, SPACE } from "./kind.js";

const BLANK = 32;

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;

/** The end of Falcon's piece that starts at `start`, as if the text ended at `limit`. */
export function falcon(text: string, start: number, limit: number = text.length): number {
  const first = kindAt(text, start);
  if ((first & LETTER) !== 0) return runEnd(text, start, LETTER, limit);
  if ((first & PUNCTUATION) !== 0) return runEnd(text, start, PUNCTUATION, limit);
  const second = start + 1 < limit && text.charCodeAt(start) === BLANK ? kindAt(text, start + 1) : SPACE;
  // A blank belongs to what follows it, unless that is white space or punctuation.
  const at = (second & (SPACE | PUNCTUATION)) === 0 ? start + 1 : start;
  const kind = at === start ? first : second;
  if ((kind & LETTER) !== 0) return runEnd(text, at, LETTER, limit);
  if ((kind & NUMBER) !== 0) return numberEnd(text, start, at, limit);
  if ((kind & SIGN) !== 0) return otherSignsEnd(text, at, limit);
  return spaceEnd(text, start, limit);
}

/** The end of the run of signs at `at` that are no punctuation. */
function otherSignsEnd(text: string, at: number, limit: number): number {
  let end = at;
  while (end < limit) {
    const kind = kindAt(text, end);
    if ((kind & SIGN) === 0 || (kind & PUNCTUATION) !== 0) break;
    end += (kind & PAIR) === 0 ? 1 : 2;
  }
  return end;
}

/** Up to three of 0-9 without the blank; or a run of other numbers with it. */
function numberEnd(text: string, start: number, at: number, limit: number): number {
  let end = at;
  if (isDigit(text.charCodeAt(at))) {
    if (at > start) return at;
    while (end < limit && end < at + 3 && isDigit(text.charCodeAt(end))) end++;
    return end;
  }
  while (end < limit && !isDigit(text.charCodeAt(end))) {
    const kind = kindAt(text, end);
    if ((kind & NUMBER) === 0) break;
    end += (kind & PAIR) === 0 ? 1 : 2;
  }
  return end;
}

/** A run of white space gives its last character to what follows, unless that is punctuation or the end. */
function spaceEnd(text: string, start: number, limit: number): number {
  const end = runEnd(text, start, SPACE, limit);
  if (end === limit || end === start + 1 || (kindAt(text, end) & PUNCTUATION) !== 0) return end;
  return end - 1;
}
