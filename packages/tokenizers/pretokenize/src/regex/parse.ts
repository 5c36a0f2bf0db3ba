// Reads a regular expression of Oniguruma's Ruby dialect, which tokenizer.json files are written in.
//
//   alternatives := sequence ("|" sequence)*      sequence := (atom quantifier*)*
//
// Not supported, because they cannot be matched in linear time or because no tokenizer needs them: back-references,
// conditionals, recursion, \G, \K, \R, \X, the flag x, look-behind of varying width. Each is an error that says so.

import { characterClass } from "../character-class.js";
import { type Reader, readEscape, readSet, single } from "./classes.js";
import { type Assertion, type Node, regexError, width } from "./syntax.js";

interface Flags {
  readonly ignoreCase: boolean;
  readonly dotAll: boolean;
}

const ASSERTIONS: Readonly<Record<string, Assertion>> = {
  A: "textStart",
  z: "textEnd",
  Z: "lastLineEnd",
  b: "wordEdge",
  B: "noWordEdge",
};
const MAX_REPEAT = 1000;
const MAX_DEPTH = 100;

/** The parts of `source`. @throws SyntaxError if it is wrong, or means what is not supported. */
export function parse(source: string): Node {
  const reader: Reader = { source, at: 0 };
  const node = readAlternatives(reader, { ignoreCase: false, dotAll: false }, 0);
  if (reader.at < source.length) throw regexError(source, reader.at, "a parenthesis is closed that was not opened");
  return node;
}

function readAlternatives(reader: Reader, given: Flags, depth: number): Node {
  if (depth > MAX_DEPTH) throw regexError(reader.source, reader.at, "groups are nested too deeply");
  const parts: Node[] = [];
  let sequence: Node[] = [];
  let flags = given;
  while (reader.at < reader.source.length && reader.source[reader.at] !== ")") {
    const switched = /^\(\?([im]*)(?:-([im]+))?\)/.exec(reader.source.slice(reader.at, reader.at + 12));
    if (switched) {
      reader.at += switched[0].length;
      flags = withFlags(flags, switched[1]!, switched[2] ?? "");
    } else if (reader.source[reader.at] === "|") {
      reader.at++;
      parts.push({ type: "all", parts: sequence });
      sequence = [];
    } else sequence.push(readQuantified(reader, readAtom(reader, flags, depth)));
  }
  parts.push({ type: "all", parts: sequence });
  return parts.length === 1 ? parts[0]! : { type: "any", parts };
}

function withFlags({ ignoreCase, dotAll }: Flags, on: string, off: string): Flags {
  const flag = (letter: string, before: boolean): boolean => (before || on.includes(letter)) && !off.includes(letter);
  return { ignoreCase: flag("i", ignoreCase), dotAll: flag("m", dotAll) };
}

function readAtom(reader: Reader, flags: Flags, depth: number): Node {
  const { source } = reader;
  const codePoint = source.codePointAt(reader.at)!;
  const character = String.fromCodePoint(codePoint);
  reader.at += character.length;
  switch (character) {
    case "(":
      return readGroup(reader, flags, depth);
    case "[":
      return { type: "set", has: characterClass(readSet(reader, flags.ignoreCase)) };
    case ".":
      return { type: "set", has: (other) => flags.dotAll || other !== 10 };
    case "^":
      return { type: "assert", what: "lineStart" };
    case "$":
      return { type: "assert", what: "lineEnd" };
    case "*":
    case "+":
    case "?":
      throw regexError(source, reader.at - 1, "there is nothing to repeat");
    case "\\": {
      const what = source[reader.at] ?? "";
      if (Object.hasOwn(ASSERTIONS, what)) {
        reader.at++;
        return { type: "assert", what: ASSERTIONS[what]! };
      }
      const escaped = readEscape(reader, false);
      const has = typeof escaped === "number" ? single(escaped, flags.ignoreCase) : escaped;
      return { type: "set", has: characterClass(has) };
    }
    default: {
      const has = single(codePoint, flags.ignoreCase);
      return { type: "set", has: flags.ignoreCase ? characterClass(has) : has };
    }
  }
}

const GROUP = /^(?:\?(?:(:|>|=|!|<=|<!)|<[A-Za-z_]\w*>|([im]*)(?:-([im]+))?:|#[^)]*))?/;

function readGroup(reader: Reader, flags: Flags, depth: number): Node {
  const { source } = reader;
  const start = reader.at;
  const match = GROUP.exec(source.slice(start, start + 1000))!;
  if (match[0] === "" && source[start] === "?") throw regexError(source, start, "this kind of group is not supported");
  reader.at += match[0].length;
  const inner = readAlternatives(reader, withFlags(flags, match[2] ?? "", match[3] ?? ""), depth + 1);
  if (source[reader.at] !== ")") throw regexError(source, start, "a parenthesis is not closed");
  reader.at++;
  const kind = match[1] ?? "";
  if (kind === ">") return { type: "atomic", part: inner };
  if (kind === "" || kind === ":") return inner;
  const behind = kind.startsWith("<");
  const alternatives = inner.type === "any" ? inner.parts : [inner];
  if (behind && alternatives.some((part) => width(part)[0] !== width(part)[1]))
    throw regexError(source, start, "a look-behind must have a fixed width");
  return { type: "look", part: inner, behind, negative: kind.endsWith("!") };
}

/** The part with the quantifiers that follow it. `{n,m}+` repeats, and is not possessive, as in Ruby. */
function readQuantified(reader: Reader, atom: Node): Node {
  let part = atom;
  for (let count = 0; ; count++) {
    const match = /^(?:([*+?])([+?]?)|\{(\d*)(,?)(\d*)\}(\??))/.exec(reader.source.slice(reader.at, reader.at + 30));
    if (!match || (match[1] === undefined && match[3] === "" && match[5] === "")) return part;
    if (count > 10) throw regexError(reader.source, reader.at, "too many quantifiers");
    reader.at += match[0].length;
    const [min, max] = bounds(match);
    if (Math.max(min, max === Number.POSITIVE_INFINITY ? 0 : max) > MAX_REPEAT || min > max)
      throw regexError(
        reader.source,
        reader.at,
        `a part can be repeated ${MAX_REPEAT} times at most, not {${min},${max}}`,
      );
    const repeat: Node = { type: "repeat", part, min, max, lazy: match[2] === "?" || match[6] === "?" };
    part = match[2] === "+" ? { type: "atomic", part: repeat } : repeat;
  }
}

function bounds(match: RegExpExecArray): [number, number] {
  if (match[1] !== undefined) return [match[1] === "+" ? 1 : 0, match[1] === "?" ? 1 : Number.POSITIVE_INFINITY];
  const min = Number(match[3] || 0);
  if (match[4] === "") return [min, min];
  return [min, match[5] === "" ? Number.POSITIVE_INFINITY : Number(match[5])];
}
