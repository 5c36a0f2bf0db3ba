import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import {
  bert,
  byteLevelSplit,
  digits,
  literal,
  metaspace,
  type Pretokenizer,
  pattern,
  pieces,
  punctuation,
  type SplitBehavior,
  sequence,
  split,
  whitespaceSplit,
  words,
} from "../src/index.js";
import { regex } from "../src/regex/regex.js";

interface Fixture {
  readonly expressions: Record<string, string>;
  readonly texts: string[];
  readonly pieces: Record<string, ([number, number] | [number, number, string])[][]>;
}
const fixture: Fixture = JSON.parse(readFileSync(new URL("fixtures/hugging-face.json", import.meta.url), "utf8"));

const threeDigits = split(regex("[0-9][0-9][0-9]"));
const named: Record<string, Pretokenizer> = {
  bert: bert(),
  words: words(),
  whitespaceSplit: whitespaceSplit(),
  digits: digits(),
  "digits individual": digits({ individual: true }),
  "metaspace always": metaspace(),
  "metaspace first": metaspace({ prependScheme: "first" }),
  "metaspace never": metaspace({ prependScheme: "never" }),
  "metaspace whole": metaspace({ split: false }),
  byteLevel: byteLevelSplit({ write: "bytes" }),
  "byteLevel plain": byteLevelSplit({ addPrefixSpace: false, write: "bytes" }),
  "byteLevel whole": byteLevelSplit({ useRegex: false, write: "bytes" }),
  t5: sequence(whitespaceSplit(), metaspace()),
  "words then metaspace first": sequence(words(), metaspace({ prependScheme: "first" })),
  falcon: sequence(
    punctuation({ behavior: "contiguous" }),
    byteLevelSplit({ addPrefixSpace: false, write: "bytes" }),
    digits(),
    threeDigits,
  ),
  "punctuation then llama3": sequence(punctuation({ behavior: "contiguous" }), pattern("llama3")),
};

/** Names such as "regex llama3 isolated" and "literal inverted removed" say what they are made of. */
function pretokenizerOf(name: string): Pretokenizer {
  const parts = name.split(" ");
  const behavior = parts.at(-1) as SplitBehavior;
  if (parts[0] === "regex") return split(regex(fixture.expressions[parts[1]!]!), { behavior });
  if (parts[0] === "literal") return split(literal("ab"), { behavior, invert: parts[1] === "inverted" });
  if (parts[0] === "punctuation" && parts.length === 2) return punctuation({ behavior });
  return named[name]!;
}

describe("the pieces and offsets are those of Hugging Face's tokenizers", () => {
  test.each(Object.entries(fixture.pieces))("%s", (name, expected) => {
    const pretokenizer = pretokenizerOf(name);
    fixture.texts.forEach((text, index) => {
      const found = pieces(text, pretokenizer).map(({ start, end, text: piece }) =>
        piece === text.slice(start, end) ? [start, end] : [start, end, piece],
      );
      expect([text, found]).toEqual([text, expected[index]]);
    });
  });
});

test("Falcon's scanner makes the same cuts, but for those at bytes that are numbers when written", () => {
  const isNumberByte = (byte: number): boolean => [0xb2, 0xb3, 0xb9, 0xbc, 0xbd, 0xbe].includes(byte);
  fixture.texts.forEach((text, index) => {
    const theirs = fixture.pieces.falcon![index]!.map(([, end]) => end);
    const ours = pieces(text, pattern("falcon")).map(({ end }) => end);
    expect([text, ours.filter((end) => !theirs.includes(end))]).toEqual([text, []]);
    for (const end of theirs.filter((each) => !ours.includes(each))) {
      const around =
        Array.from(text.slice(0, end)).slice(-1).join("") + Array.from(text.slice(end)).slice(0, 1).join("");
      expect([text, end, Buffer.from(around).some(isNumberByte)]).toEqual([text, end, true]);
    }
  });
});
