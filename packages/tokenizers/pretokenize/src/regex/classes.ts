// Escapes and bracketed sets of Oniguruma: \s \p{L} [a-z&&[^aeiou]] [[:alpha:]].
//
// Which characters a property has is asked of JavaScript's own tables.
//
// Source: Oniguruma's doc/RE (syntax Ruby, Unicode), as Hugging Face's tokenizers use it.

import { type CharacterClass, characterClass, isWhiteSpace } from "../character-class.js";
import { regexError } from "./syntax.js";

/** The text of an expression and how far it is read. */
export interface Reader {
  readonly source: string;
  at: number;
}

const byExpression = (expression: RegExp): CharacterClass => {
  return (codePoint) => expression.test(String.fromCodePoint(codePoint));
};
const not = (has: CharacterClass): CharacterClass => {
  return (codePoint) => !has(codePoint);
};

const POSIX: Readonly<Record<string, string>> = {
  alnum: "\\p{Alphabetic}\\p{Nd}",
  alpha: "\\p{Alphabetic}",
  any: "\\s\\S",
  ascii: "\\0-\\x7f",
  blank: "\\t\\p{Zs}",
  cntrl: "\\p{Cc}",
  digit: "\\p{Nd}",
  graph: "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Cf}\\p{Co}",
  lower: "\\p{Lowercase}",
  punct: "\\p{P}$+<=>^`|~",
  space: "\\p{White_Space}",
  upper: "\\p{Uppercase}",
  word: "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}",
  xdigit: "0-9a-fA-F",
};

const LETTERS: Readonly<Record<string, CharacterClass>> = {
  s: isWhiteSpace,
  d: /* @__PURE__ */ byExpression(/\p{Nd}/u),
  w: /* @__PURE__ */ byExpression(/[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}]/u),
  h: /* @__PURE__ */ byExpression(/[0-9a-fA-F]/),
};
const CONTROLS: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, f: 12, v: 11, a: 7, e: 27 };

/** `\w` and `\b` of Oniguruma: outside of sets, Latin-1's superscripts and fractions count as well. */
export const isWordCharacter: CharacterClass = /* @__PURE__ */ characterClass(
  /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}²³¹¼½¾]/u,
);

function property(reader: Reader, name: string): CharacterClass {
  if (/^[\w=\- ]+$/.test(name)) {
    const posix = POSIX[name.toLowerCase()];
    const plain = name.replace(/[ -]/g, "_");
    for (const body of posix ? [posix] : [`\\p{${plain}}`, `\\p{Script=${plain}}`]) {
      try {
        return byExpression(new RegExp(`[${body}]`, "u"));
      } catch {
        // Not a name of this kind; the next may be.
      }
    }
  }
  throw regexError(reader.source, reader.at, `there is no property ${JSON.stringify(name)}`);
}

/** The class, or the one code point, that the escape at the reader means; the reader stands behind the backslash. */
export function readEscape(reader: Reader, inSet: boolean): CharacterClass | number {
  const { source } = reader;
  const letter = source.codePointAt(reader.at);
  if (letter === undefined) throw regexError(source, reader.at, "nothing follows the backslash");
  const name = String.fromCodePoint(letter);
  reader.at += name.length;
  const small = name.toLowerCase();
  if (Object.hasOwn(LETTERS, small)) {
    const has = small === "w" && !inSet ? isWordCharacter : LETTERS[small]!;
    return name === small ? has : not(has);
  }
  if (Object.hasOwn(CONTROLS, name)) return CONTROLS[name]!;
  const rest = source.slice(reader.at, reader.at + 80);
  if (name === "p" || name === "P") {
    const match = /^\{(\^?)([^{}]+)\}/.exec(rest) ?? /^()([A-Z])/.exec(rest);
    if (!match) throw regexError(source, reader.at, "a property in braces must follow \\p");
    reader.at += match[0].length;
    const has = property(reader, match[2]!);
    return (name === "P") !== (match[1] === "^") ? not(has) : has;
  }
  const hexadecimal =
    name === "x" ? /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{1,2}))/.exec(rest) : /^()([0-9a-fA-F]{4})/.exec(rest);
  if ((name === "x" || name === "u") && hexadecimal) {
    reader.at += hexadecimal[0].length;
    const codePoint = Number.parseInt(hexadecimal[1] || hexadecimal[2]!, 16);
    if (codePoint <= 0x10ffff) return codePoint;
  } else if (name === "0") return 0;
  else if (!/[a-zA-Z0-9]/.test(name)) return letter;
  throw regexError(source, reader.at, `\\${name} is not supported`);
}

/** A single code point as a class, in either case if `ignoreCase`. */
export function single(codePoint: number, ignoreCase: boolean): CharacterClass {
  return ignoreCase ? range(codePoint, codePoint, true) : (other) => other === codePoint;
}

type Span = readonly [first: number, last: number];

function range(first: number, last: number, ignoreCase: boolean): CharacterClass {
  if (!ignoreCase) return (codePoint) => codePoint >= first && codePoint <= last;
  return byExpression(new RegExp(`[${written([first, last])}]`, "iu"));
}

function written([first, last]: Span): string {
  return `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`;
}

/** Whether any of the spans has a character: one question, however many there are. */
function anyOf(spans: readonly Span[], ignoreCase: boolean): CharacterClass[] {
  if (spans.length < 2) return spans.map(([first, last]) => range(first, last, ignoreCase));
  return [byExpression(new RegExp(`[${spans.map(written).join("")}]`, ignoreCase ? "iu" : "u"))];
}

/** The bracketed set whose `[` the reader has just read. */
export function readSet(reader: Reader, ignoreCase: boolean, depth = 0): CharacterClass {
  const { source } = reader;
  if (depth > 50) throw regexError(source, reader.at, "sets are nested too deeply");
  const negative = source[reader.at] === "^";
  if (negative) reader.at++;
  const intersected: CharacterClass[] = [];
  let members: CharacterClass[] = [];
  let spans: Span[] = [];
  const close = (): void => {
    const union = [...members, ...anyOf(spans, ignoreCase)];
    intersected.push((codePoint) => union.some((has) => has(codePoint)));
    members = [];
    spans = [];
  };
  for (let first = true; first || source[reader.at] !== "]"; first = false) {
    if (reader.at >= source.length) throw regexError(source, reader.at, "a set is not closed");
    if (source.startsWith("&&", reader.at)) {
      reader.at += 2;
      close();
    } else {
      const member = readMember(reader, ignoreCase, depth);
      if (typeof member === "function") members.push(member);
      else spans.push(member);
    }
  }
  reader.at++;
  close();
  const all: CharacterClass = (codePoint) => intersected.every((has) => has(codePoint));
  return negative ? not(all) : all;
}

function readMember(reader: Reader, ignoreCase: boolean, depth: number): CharacterClass | Span {
  const { source } = reader;
  const posix = /^\[:(\^?)([a-z]+):\]/.exec(source.slice(reader.at, reader.at + 20));
  if (posix) {
    reader.at += posix[0].length;
    const has = property(reader, posix[2]!);
    return posix[1] ? not(has) : has;
  }
  if (source[reader.at] === "[") {
    reader.at++;
    return readSet(reader, ignoreCase, depth + 1);
  }
  const first = readOne(reader);
  if (typeof first !== "number") return first;
  if (source[reader.at] !== "-" || /^-(?:\]|&&|\[|$)/.test(source.slice(reader.at, reader.at + 3)))
    return [first, first];
  reader.at++;
  const last = readOne(reader);
  if (typeof last !== "number") {
    const hyphen = single(45, false);
    return (codePoint) => codePoint === first || hyphen(codePoint) || last(codePoint);
  }
  if (last < first) throw regexError(source, reader.at, "a range ends before it begins");
  return [first, last];
}

function readOne(reader: Reader): CharacterClass | number {
  if (reader.source[reader.at] === "\\") {
    reader.at++;
    if (reader.source[reader.at] !== "b") return readEscape(reader, true);
    reader.at++;
    return 8;
  }
  const codePoint = reader.source.codePointAt(reader.at);
  if (codePoint === undefined) throw regexError(reader.source, reader.at, "a set is not closed");
  reader.at += codePoint > 0xffff ? 2 : 1;
  return codePoint;
}
