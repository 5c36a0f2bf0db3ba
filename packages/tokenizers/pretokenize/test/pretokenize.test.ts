import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type PretokenizerName, patterns, pretokenize, scan, scanner } from "../src/index.js";
import { hostileText } from "./hostile.js";

const names = Object.keys(patterns) as PretokenizerName[];
const byExpression = (text: string, name: PretokenizerName): string[] => text.match(patterns[name]) ?? [];

describe.each(names)("%s", (name) => {
  test("the scanner gives the pieces of the reference expression on hostile text", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        expect(pretokenize(text, name)).toEqual(byExpression(text, name));
      }),
      { numRuns: 5000 },
    );
  });

  test("every code point is classed as the expression classes it", () => {
    // Between letters, digits, blanks and a sign, the pieces show which class a character is of.
    const wrong: string[] = [];
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += codePoint < 0x3400 ? 1 : 7) {
      const one = String.fromCodePoint(codePoint);
      const text = `${one}A${one}a!${one} ${one}1${one}${one}`;
      if (pretokenize(text, name).join("|") !== byExpression(text, name).join("|")) wrong.push(codePoint.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  test("the pieces joined are the text, and none is empty", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        const pieces = pretokenize(text, name);
        expect(pieces.join("")).toBe(text);
        expect(pieces.every((piece) => piece.length > 0)).toBe(true);
      }),
    );
  });

  test("scan and scanner give the boundaries of pretokenize", () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const pieces = pretokenize(text, name);
        const scanned: string[] = [];
        scan(text, name, (start, end) => scanned.push(text.slice(start, end)));
        expect(scanned).toEqual(pieces);
        const next = scanner(name);
        for (let at = 0, index = 0; at < text.length; index++) {
          const end = next(text, at);
          expect(text.slice(at, end)).toBe(pieces[index]);
          at = end;
        }
      }),
    );
  });

  // What would be quadratic if a long run were scanned again from each of its characters: 2 MB of it takes some
  // 20 ms in linear time, and would take minutes in quadratic time.
  test.each([
    ["one letter", "a"],
    ["one upper-case letter", "A"],
    ["blanks", " "],
    ["newlines", "\n"],
    ["blanks and newlines", "\n  \t"],
    ["signs", "'"],
    ["digits", "7"],
    ["marks", "\u0301"],
    ["upper case after caseless letters", "文AB"],
    ["marks before upper case", "\u0301A"],
    ["contractions that fail", "'l'r"],
    ["lone surrogates", "\ud800"],
    ["pairs", "𠮷"],
  ])("linear time on %s", (_, unit) => {
    const text = `${unit.repeat(2_000_000 / unit.length)}!`;
    const began = performance.now();
    let sum = 0;
    scan(text, name, (start, end) => {
      sum += end - start;
    });
    expect(sum).toBe(text.length);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});

describe("against npm tiktoken", () => {
  interface Case {
    readonly text: string;
    readonly gpt2: string[];
    readonly cl100k: string[];
    readonly o200k: string[];
  }
  const cases: Case[] = JSON.parse(readFileSync(new URL("fixtures/tiktoken.json", import.meta.url), "utf8"));

  test.each(["gpt2", "cl100k", "o200k"] as const)("%s gives the same pieces", (name) => {
    expect(cases.length).toBeGreaterThan(100);
    for (const { text, [name]: expected } of cases) {
      // tiktoken sees UTF-8, in which a lone surrogate is U+FFFD.
      const wellFormed = pretokenize(text, name).map((piece) =>
        new TextDecoder("utf-8", { ignoreBOM: true }).decode(new TextEncoder().encode(piece)),
      );
      expect(wellFormed).toEqual(expected);
    }
  });

  test("llama3 is cl100k", () => {
    for (const { text, cl100k } of cases) expect(pretokenize(text, "llama3").length).toBe(cl100k.length);
  });
});

describe("examples", () => {
  test("upper case after a caseless letter starts a new piece in o200k", () => {
    expect(pretokenize("文ABC 文Abc", "o200k")).toEqual(["文", "ABC", " 文Abc"]);
  });

  test("a long s is an s in contractions of cl100k, not of gpt2", () => {
    expect(pretokenize("x'ſt", "cl100k")).toEqual(["x", "'ſ", "t"]);
    expect(pretokenize("x'ſt", "gpt2")).toEqual(["x", "'", "ſt"]);
  });

  test("no lone surrogate joins its neighbour, and no pair is cut", () => {
    expect(pretokenize("\ud800\ud83d\ude00a", "gpt2")).toEqual(["\ud800\ud83d\ude00", "a"]);
  });

  test("the empty text has no pieces", () => {
    for (const name of names) expect(pretokenize("", name)).toEqual([]);
  });

  test.each(["gpt3", "toString", "__proto__"])("an unknown name (%s) is an error that lists the known ones", (name) => {
    expect(() => pretokenize("x", name as PretokenizerName)).toThrow(
      `scanner: pattern must be one of gpt2, cl100k, o200k, llama3, qwen2, falcon, whitespace, got "${name}"`,
    );
  });
});
