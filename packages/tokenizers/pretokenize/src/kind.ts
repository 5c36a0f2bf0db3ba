// The kind of the character at a position: which of the classes that the expressions speak of it belongs to.
//
//   kindAt(text, at) = one of UPPER CASELESS LOWER MARK NUMBER SPACE OTHER, with NEWLINE, PAIR and PUNCTUATION as extra bits
//
// The classes come from JavaScript's own Unicode tables, through \p{…} expressions. They are asked once for each
// block of 256 code points that a text touches, and the answers kept, so that scanning is a table look-up.
// A lone surrogate is OTHER, as is U+FFFD, which is what a UTF-8 encoder makes of it.

/** \p{Lu} and \p{Lt}. */
export const UPPER = 1;
/** \p{Lm} and \p{Lo}: letters without case, which o200k counts with both upper and lower case. */
export const CASELESS = 2;
/** \p{Ll}. */
export const LOWER = 4;
/** \p{M}. */
export const MARK = 8;
/** \p{N}. */
export const NUMBER = 16;
/** \p{White_Space}; never outside the Basic Multilingual Plane, so always one code unit. */
export const SPACE = 32;
/** \r and \n, beside SPACE. */
export const NEWLINE = 64;
/** Everything else. */
export const OTHER = 128;
/** The character takes two code units. */
export const PAIR = 256;
/** BERT's punctuation, beside MARK or OTHER: \p{P}, and all signs of ASCII. */
export const PUNCTUATION = 512;

/** \p{L}. */
export const LETTER: number = UPPER | CASELESS | LOWER;
/** [^\s\p{L}\p{N}]. */
export const SIGN: number = MARK | OTHER;

const classes: readonly (readonly [RegExp, number])[] = [
  [/\p{Lo}|\p{Lm}/u, CASELESS],
  [/\p{Ll}/u, LOWER],
  [/\p{Lu}|\p{Lt}/u, UPPER],
  [/\p{M}/u, MARK],
  [/\p{N}/u, NUMBER],
  [/[\r\n]/u, SPACE | NEWLINE],
  [/\p{White_Space}/u, SPACE],
];

const punctuation = /[\p{P}!-/:-@[-`{-~]/u;

function block(index: number): Uint16Array {
  return Uint16Array.from({ length: 256 }, (_, low) => {
    const character = String.fromCodePoint(index * 256 + low);
    const kind = classes.find(([expression]) => expression.test(character))?.[1] ?? OTHER;
    return punctuation.test(character) ? kind | PUNCTUATION : kind;
  });
}

const latin: Uint16Array = /* @__PURE__ */ block(0);
const blocks: Uint16Array[] = [];

function wideKind(text: string, at: number, unit: number): number {
  const codePoint = (unit & 0xfc00) === 0xd800 ? text.codePointAt(at)! : unit;
  const index = codePoint >> 8;
  let kinds = blocks[index];
  if (kinds === undefined) {
    kinds = block(index);
    blocks[index] = kinds;
  }
  const kind = kinds[codePoint & 255]!;
  return codePoint > 0xffff ? kind | PAIR : kind;
}

/** The kind of the character that starts at code unit `at`, which must be less than `text.length`. */
export function kindAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit < 256 ? latin[unit]! : wideKind(text, at, unit);
}

/** The end of the run of characters of the kinds in `mask` in text[at, limit); `at` itself if there is none. */
export function runEnd(text: string, at: number, mask: number, limit: number): number {
  let end = at;
  while (end < limit) {
    const unit = text.charCodeAt(end);
    // The Latin case is kept apart, not left to kindAt: it is the hot loop, and some 15 % faster this way.
    if (unit < 256) {
      if ((latin[unit]! & mask) === 0) break;
      end++;
    } else {
      const kind = wideKind(text, end, unit);
      if ((kind & mask) === 0) break;
      end += (kind & PAIR) === 0 ? 1 : 2;
    }
  }
  return end;
}
