import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  bert,
  caseFold,
  compose,
  lowercaseByCharacter,
  type Normalizer,
  nfc,
  nfd,
  nfkc,
  nfkd,
  nmt,
  prepend,
  removeMarks,
  replace,
  trim,
} from "../src/index.js";
import { differences } from "./unicode-differences.js";

interface Fixture {
  readonly changed: Record<string, string>;
  readonly folded: Record<string, string>;
  readonly texts: Record<string, string>[];
}
const fixture: Fixture = JSON.parse(readFileSync(new URL("fixtures/hugging-face.json", import.meta.url), "utf8"));

const nothing = { cleanText: false, spaceIdeographs: false, lowercase: false } as const;
const normalizers: Record<string, Normalizer> = {
  cleanText: bert({ ...nothing, cleanText: true }),
  spaceIdeographs: bert({ ...nothing, spaceIdeographs: true }),
  stripAccents: bert({ ...nothing, stripAccents: true }),
  lowercase: lowercaseByCharacter,
  removeMarks,
  nmt,
  trim: trim(),
  nfc,
  nfd,
  nfkc,
  nfkd,
  bert: bert(),
  "bert cased": bert({ lowercase: false }),
  "bert cased without accents": bert({ lowercase: false, stripAccents: true }),
  "prepend and replace": compose(prepend("▁"), replace(" ", "▁")),
  "trim left": trim({ right: false }),
  "nfkd, marks, lowercase": compose(nfkd, removeMarks, lowercaseByCharacter),
  "nmt, nfkc": compose(nmt, nfkc),
};

/** "41 61-7a" as a set. */
function parseRanges(ranges: string): Set<number> {
  const found = new Set<number>();
  for (const range of ranges.split(" ").filter(Boolean)) {
    const [first, last = first] = range.split("-").map((hex) => Number.parseInt(hex, 16)) as [number, number?];
    for (let codePoint = first; codePoint <= last!; codePoint++) found.add(codePoint);
  }
  return found;
}

function formatRanges(numbers: readonly number[]): string {
  const found: [number, number][] = [];
  for (const number of numbers) {
    const last = found.at(-1);
    if (last?.[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found
    .map(([first, last]) => (first === last ? first.toString(16) : `${first.toString(16)}-${last.toString(16)}`))
    .join(" ");
}

describe("each code point is changed where Hugging Face's tokenizers change it", () => {
  test.each(Object.entries(fixture.changed))("%s, but for what Unicode added later", (name, ranges) => {
    const theirs = parseRanges(ranges);
    const before = name === "trim" ? "" : "a";
    const other: number[] = [];
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
      if (codePoint >= 0xd800 && codePoint < 0xe000) continue;
      const text = `${before}${String.fromCodePoint(codePoint)}b`;
      if ((normalizers[name]!(text) !== text) !== theirs.has(codePoint)) other.push(codePoint);
    }
    const known = parseRanges(differences[name] ?? "");
    expect(formatRanges(other.filter((codePoint) => !known.has(codePoint)))).toBe("");
  });
});

test.each(fixture.texts)("texts become what they become there: $text", ({ text, ...expected }) => {
  for (const [name, result] of Object.entries(expected))
    expect([name, normalizers[name]!(text!)]).toEqual([name, result]);
});

test("caseFold is CPython's str.casefold for each code point that its Unicode knows", () => {
  const assigned = /\P{Cn}/u;
  const other: number[] = [];
  for (let codePoint = 0; codePoint <= 0x10ffff; codePoint++) {
    if (codePoint >= 0xd800 && codePoint < 0xe000) continue;
    const character = String.fromCodePoint(codePoint);
    const folded = fixture.folded[codePoint.toString(16)] ?? character;
    if (assigned.test(character) && caseFold(character) !== folded) other.push(codePoint);
  }
  const known = parseRanges(differences.caseFold!);
  expect(formatRanges(other.filter((codePoint) => !known.has(codePoint)))).toBe("");
});
