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
  prepend,
  removeMarks,
  replace,
  stripAccents,
  stripHtml,
  stripSymbols,
  trim,
  wellFormed,
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
  wellFormed,
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

describe.each([...Object.entries(normalizers), ["halfWidthToFullWidth", halfWidthToFullWidth] as const])(
  "%s",
  (_, normalizer) => {
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
  },
);

test.each(Object.entries(normalizers))(
  "%s leaves printable lower-case ASCII without double blanks as it is",
  (_, normalizer) => {
    const plain = "the quick (brown) fox, no. 42, jumps over 'the' lazy dog!";
    expect(normalizer(plain)).toBe(plain);
  },
);

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

  test("wellFormed replaces halves of characters, and nothing else", () => {
    expect(wellFormed("a\ud800b\udc00\ud83d\ude00\ud83d")).toBe("a\ufffdb\ufffd\ud83d\ude00\ufffd");
    expect(wellFormed("\ud83d\ud83d\ude00")).toBe("\ufffd\ud83d\ude00");
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

  test("fullWidthToHalfWidth changes exactly the full-width forms, as NFKC does, and ￣ to the mark that it is a form of", () => {
    for (let codePoint = 0; codePoint < 0x10000; codePoint++) {
      const one = String.fromCharCode(codePoint);
      const isForm =
        (codePoint >= 0xff01 && codePoint <= 0xff5e) ||
        codePoint === 0x3000 ||
        (codePoint >= 0xffe0 && codePoint <= 0xffe6);
      if (fullWidthToHalfWidth(one) !== (!isForm ? one : one === "￣" ? "¯" : nfkc(one))) throw new Error(one);
    }
  });

  test("halfWidthToFullWidth: kana with their marks, letters, Hangul, signs; and back where there is a way", () => {
    expect(halfWidthToFullWidth("ABC 1~ ｶﾞｷﾊﾟﾞ ｡｢｣､･ｰ ￨￩￮ ¥¢")).toBe("ＡＢＣ　１～　ガキパ゛　。「」、・ー　│←○　￥￠");
    expect(compose(halfWidthToFullWidth, fullWidthToHalfWidth)("ｶﾞｲﾄﾞ ABC")).toBe("ガイド ABC");
    // The half-width Hangul letters stand for U+3131…U+3163, which is what Unicode gives as their decomposition.
    for (let unit = 0xffa0; unit <= 0xffdc; unit++) {
      const narrow = String.fromCharCode(unit);
      const wide = halfWidthToFullWidth(narrow);
      expect(wide.normalize("NFKC")).toBe(narrow.normalize("NFKC"));
      if (narrow.normalize("NFKC") !== narrow) expect(wide).toMatch(/^[\u3131-\u3164]$/);
    }
    for (let unit = 0x20; unit < 0x7f; unit++) {
      const one = String.fromCharCode(unit);
      expect(fullWidthToHalfWidth(halfWidthToFullWidth(one))).toBe(one);
    }
  });

  test("caseFold makes words equal in any case", () => {
    expect(caseFold("Straße")).toBe(caseFold("STRASSE"));
    expect(caseFold("ΟΔΟΣ οδος")).toBe("οδοσ οδοσ");
    expect(caseFold("ı ﬃ Ꭰ ꭰ ẞ")).toBe("ı ffi Ꭰ Ꭰ ss");
  });

  test("stripSymbols keeps emoji, letters, currency and mathematics", () => {
    expect(stripSymbols("■ a★b ─┼─ ☎️ ❤️ 😀 €±×° ©™ \ue000\u{10ffff} ✓ 文")).toBe(
      stripSymbols("  ab  ☎️ ❤️ 😀 €±×° ©™   文").replace("  ab", " ab"),
    );
    expect(stripSymbols("┌──┐│x│")).toBe("x");
  });

  test("collapsePunctuation leaves three of a kind", () => {
    expect(collapsePunctuation("Wow!!!!!! really??? yes... ----- =====> 。。。。 aaaaa 11111")).toBe(
      "Wow!!! really??? yes... --- ===> 。。。 aaaaa 11111",
    );
  });

  test("stripHtml takes the markup and keeps the text", () => {
    expect(stripHtml("<p class='x'>One<br/>two <b>three</b></p><!-- no --><script>if (a<b) {}</script>end")).toBe(
      "\nOne\ntwo three\nend",
    );
    expect(stripHtml("a < b, c > d, <3, x<y>z, <unclosed, <!-- open, <!DOCTYPE html>!")).toBe(
      "a < b, c > d, <3, xz, <unclosed, <!-- open, !",
    );
    expect(stripHtml("<STYLE>p {}</Style>x<script>never closed")).toBe("xnever closed");
  });

  test.each(["<", "<!--", "<script>", "<a ", "</", "<a b='<", "<style>"])("stripHtml is linear on many %s", (unit) => {
    const text = unit.repeat(1_000_000 / unit.length);
    const began = performance.now();
    stripHtml(text);
    expect(performance.now() - began).toBeLessThan(5_000); // quadratic: hours
  });

  test("nmt and trim", () => {
    expect(nmt("a\u0007b\tc▁d\u200be")).toBe("ab c d e");
    expect(trim()(" \u0085a b\u3000\ufeff ")).toBe("a b\u3000\ufeff");
    expect(trim({ left: false })(" a ")).toBe(" a");
  });
});

describe("positions in the original", () => {
  /** Each character of the normalized text with the part of the original that it comes from. */
  const origins = (normalizer: Normalizer, input: string): [string, string][] => {
    const aligned = align(normalizer, input);
    const found: [string, string][] = [];
    let at = 0;
    for (const character of aligned.text) {
      found.push([character, input.slice(aligned.from(at), aligned.to(at + character.length))]);
      at += character.length;
    }
    return found;
  };

  test.each<[string, Normalizer, string, [string, string][]]>([
    [
      "nfc",
      nfc,
      "xe\u0301y",
      [
        ["x", "x"],
        ["é", "e\u0301"],
        ["y", "y"],
      ],
    ],
    [
      "nfd",
      nfd,
      "éy",
      [
        ["e", "é"],
        ["\u0301", "é"],
        ["y", "y"],
      ],
    ],
    [
      "nfkc of a ligature",
      nfkc,
      "aﬁb",
      [
        ["a", "a"],
        ["f", "ﬁ"],
        ["i", "ﬁ"],
        ["b", "b"],
      ],
    ],
    [
      "stripAccents",
      stripAccents,
      "Ée\u0301x",
      [
        ["E", "É"],
        ["e", "e"],
        ["x", "x"],
      ],
    ],
    [
      "lowercase",
      lowercase,
      "AİB",
      [
        ["a", "A"],
        ["i", "İ"],
        ["\u0307", "İ"],
        ["b", "B"],
      ],
    ],
    [
      "caseFold",
      caseFold,
      "aßC",
      [
        ["a", "a"],
        ["s", "ß"],
        ["s", "ß"],
        ["c", "C"],
      ],
    ],
    [
      "collapseWhitespace",
      collapseWhitespace,
      "  a \n b ",
      [
        ["a", "a"],
        [" ", " \n "],
        ["b", "b"],
      ],
    ],
    [
      "cleanControl",
      cleanControl,
      "a\u0000\u0000b",
      [
        ["a", "a"],
        ["b", "b"],
      ],
    ],
    [
      "stripHtml",
      stripHtml,
      "<i>a</i>b",
      [
        ["a", "a"],
        ["b", "b"],
      ],
    ],
    [
      "bert",
      bert(),
      "É漢",
      [
        ["e", "É"],
        [" ", "漢"],
        ["漢", "漢"],
        [" ", "漢"],
      ],
    ],
    [
      "prepend",
      prepend("▁"),
      "😀b",
      [
        ["▁", "😀"],
        ["😀", "😀"],
        ["b", "b"],
      ],
    ],
    [
      "replace",
      replace(/b+/, "c$&"),
      "abbd",
      [
        ["a", "a"],
        ["c", "bb"],
        ["$", "bb"],
        ["&", "bb"],
        ["d", "d"],
      ],
    ],
    [
      "two steps",
      compose(nfkc, replace("fi", "X")),
      "aﬁb",
      [
        ["a", "a"],
        ["X", "ﬁ"],
        ["b", "b"],
      ],
    ],
    [
      "a function of one's own",
      (input) => input.replace("two", "2"),
      "one two six",
      [..."one 2 six"].map((c) => [c, c === "2" ? "two" : c]),
    ],
  ])("%s", (_, normalizer, input, expected) => {
    expect(origins(normalizer, input)).toEqual(expected);
  });

  test("of a whole word", () => {
    const input = "  Ünïcode\u0301 ﬁne ";
    const aligned = align(compose(nfkc, stripAccents, lowercase, collapseWhitespace), input);
    expect(aligned.text).toBe("unicode fine");
    const at = aligned.text.indexOf("fine");
    expect(input.slice(aligned.from(at), aligned.to(at + 4))).toBe("ﬁne");
    expect(input.slice(aligned.from(0), aligned.to(7))).toBe("Ünïcode\u0301");
  });

  test("characters outside of the groups of unicode.ts neither compose with what stands before them nor move", () => {
    const before = ["a", "ᄀ", "가", "각", "か", "ﾊ", "ㄱ", "\u{16d63}", "\u{16d67}", "\u{11382}", "\u{1611e}"];
    const joins = /[\p{M}\u1160-\u11ff\u3131-\u318e\uff9e\uff9f\uffa0-\uffdc\u{16d63}\u{16d67}\u{16d68}]/u;
    const wrong: string[] = [];
    for (let codePoint = 0x80; codePoint <= 0x10ffff; codePoint++) {
      const one = String.fromCodePoint(codePoint);
      if (joins.test(one) || /\p{Unified_Ideograph}|\p{Co}|\p{Cn}/u.test(one)) continue;
      for (const form of [nfc, nfkc]) {
        for (const first of before)
          if (form(first + one) !== form(first) + form(one)) wrong.push(codePoint.toString(16));
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe("errors", () => {
  test("an empty pattern", () => {
    expect(() => replace("", "x")).toThrow("replace: pattern must not be empty; use prepend");
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
