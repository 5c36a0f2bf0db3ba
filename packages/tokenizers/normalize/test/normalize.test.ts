import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as normalize from "../src/index.js";
import {
  align,
  bert,
  caseFold,
  cleanControl,
  collapsePunctuation,
  collapseWhitespace,
  compose,
  fullWidthToHalfWidth,
  halfWidthToFullWidth,
  identity,
  lowercase,
  lowercaseByCharacter,
  type Normalizer,
  nfc,
  nfd,
  nfkc,
  nfkd,
  nmt,
  removeMarks,
  stripAccents,
  stripHtml,
  stripSymbols,
  trim,
} from "../src/index.js";

const normalizers: Record<string, Normalizer> = {
  nfc,
  nfd,
  nfkc,
  nfkd,
  lowercase,
  lowercaseByCharacter,
  caseFold,
  stripAccents,
  removeMarks,
  cleanControl,
  stripSymbols,
  collapsePunctuation,
  collapseWhitespace,
  fullWidthToHalfWidth,
  nmt,
  identity,
  "trim()": trim(),
  "bert({ spaceIdeographs: false })": bert({ spaceIdeographs: false }),
};

/** These change plain English. */
const others: Record<string, Normalizer> = { halfWidthToFullWidth, stripHtml, "bert()": bert() };

/** Texts in which normalizers find something to do, lone surrogates included. */
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: "binary", maxLength: 3 }),
      fc.constantFrom(..."AaÉéΣσςİıßŁ한각निﬁ②Ａ！　 \t\n\r\u0085\u00a0"),
      fc.constantFrom("e\u0301", "\u0301", "\u0323\u0307", "ᄀ", "ᅡ", "\u0000", "\u200d", "\ufeff", "\ufffd", "\u00ad"),
      fc.constantFrom("\ud83d", "\ude00", "😀", "\u{1d160}", "\u2028", "\u000c"),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(""));

test("the lists above hold every normalizer of the package", () => {
  const named = [...Object.keys(normalizers), ...Object.keys(others)].filter((name) => !name.includes("("));
  const makers = ["Edits", "align", "aligned", "bert", "compose", "prepend", "replace", "trim"];
  expect(Object.keys(normalize).sort()).toEqual([...named, ...makers].sort());
});

describe.each([...Object.entries(normalizers), ...Object.entries(others)])("%s, aligned", (_, normalizer) => {
  test("gives the same text, and positions that rise with it, within the original", () => {
    fc.assert(
      fc.property(text, (input) => {
        const aligned = align(normalizer, input);
        expect(aligned.text).toBe(normalizer(input));
        let before = 0;
        for (let at = 0; at < aligned.text.length; at++) {
          const from = aligned.from(at);
          const to = aligned.to(at + 1);
          expect(from).toBeGreaterThanOrEqual(before);
          expect(to).toBeGreaterThanOrEqual(from);
          expect(to).toBeLessThanOrEqual(input.length);
          before = from;
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe.each(Object.entries(normalizers))("%s", (_, normalizer) => {
  test("is idempotent", () => {
    fc.assert(
      fc.property(text, (input) => {
        const once = normalizer(input);
        expect(normalizer(once)).toBe(once);
      }),
      { numRuns: 1000 },
    );
  });

  test("is idempotent on every code point between letters", () => {
    const wrong: string[] = [];
    for (let codePoint = 0; codePoint <= 0x10ffff; codePoint += codePoint < 0x20000 ? 1 : 101) {
      const once = normalizer(`A${String.fromCodePoint(codePoint)}a`);
      if (normalizer(once) !== once) wrong.push(codePoint.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  test("leaves printable lower-case ASCII without double blanks as it is", () => {
    const plain = "the quick (brown) fox, no. 42, jumps over 'the' lazy dog!";
    expect(normalizer(plain)).toBe(plain);
  });
});

describe("the Unicode forms are those of CPython's unicodedata", () => {
  interface Case {
    readonly text: string;
    readonly nfc: string;
    readonly nfd: string;
    readonly nfkc: string;
    readonly nfkd: string;
    readonly stripped: string;
  }
  const cases: Case[] = JSON.parse(readFileSync(new URL("fixtures/unicodedata.json", import.meta.url), "utf8"));

  test.each(cases)("$text", (one) => {
    expect(nfc(one.text)).toBe(one.nfc);
    expect(nfd(one.text)).toBe(one.nfd);
    expect(nfkc(one.text)).toBe(one.nfkc);
    expect(nfkd(one.text)).toBe(one.nfkd);
    expect(stripAccents(one.text)).toBe(one.stripped);
  });
});

describe("each by example", () => {
  test("lowercase", () => {
    expect(lowercase("ΟΔΟΣ Straße İ 𐐀")).toBe("οδος straße i\u0307 𐐨");
  });

  test("stripAccents keeps Hangul composed, and letters that do not decompose", () => {
    expect(stripAccents("Ångström naïve Łódź 한국 e\u0301\u0323")).toBe("Angstrom naive Łodz 한국 e");
  });

  test("cleanControl keeps white space and joiners, and drops the rest", () => {
    expect(cleanControl("\ufeffa\u0000\tb\u0007\n\u000bc\u007f\u0085\r\ufffd\u00add\ud800👩‍💻")).toBe(
      "a\tb\n\u000bc\u0085\rd👩‍💻",
    );
    expect(cleanControl("\ud83d\ufeff\ude00")).toBe("");
  });

  test("collapseWhitespace", () => {
    expect(collapseWhitespace("\u2003 a \n\n\tb\u00a0\u3000c\u0085 ")).toBe("a b c");
    expect(collapseWhitespace(" \n ")).toBe("");
    expect(collapseWhitespace("a\ufeff\u200bb")).toBe("a\ufeff\u200bb");
  });

  test("fullWidthToHalfWidth changes exactly the 95 full-width forms, as NFKC does", () => {
    for (let codePoint = 0; codePoint < 0x10000; codePoint++) {
      const one = String.fromCharCode(codePoint);
      const isForm = (codePoint >= 0xff01 && codePoint <= 0xff5e) || codePoint === 0x3000;
      expect(fullWidthToHalfWidth(one)).toBe(isForm ? nfkc(one) : one);
    }
  });
});

describe("compose", () => {
  test("applies from left to right", () => {
    const exclaim: Normalizer = (input) => `${input}!`;
    const twice: Normalizer = (input) => input + input;
    expect(compose(exclaim, twice)("a")).toBe("a!a!");
    expect(compose(twice, exclaim)("a")).toBe("aa!");
  });

  test("is associative, with the identity as its neutral element", () => {
    fc.assert(
      fc.property(text, (input) => {
        const once = compose(nfd, stripAccents, lowercase)(input);
        expect(compose(nfd, compose(stripAccents, lowercase))(input)).toBe(once);
        expect(compose(compose(nfd, stripAccents), lowercase)(input)).toBe(once);
        expect(compose()(input)).toBe(input);
        expect(compose(identity, nfd)(input)).toBe(nfd(input));
      }),
    );
  });
});
