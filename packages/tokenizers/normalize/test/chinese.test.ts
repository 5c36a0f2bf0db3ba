import fc from "fast-check";
import { expect, test } from "vitest";
import { simplifiedToTraditional, traditionalToSimplified } from "../src/chinese.js";
import { align } from "../src/index.js";

test("words, not only characters", () => {
  expect(traditionalToSimplified("漢語 頭髮 發現 乾燥 皇后 後面")).toBe("汉语 头发 发现 干燥 皇后 后面");
  expect(simplifiedToTraditional("汉语 头发 发现 干燥 皇后 后面")).toBe("漢語 頭髮 發現 乾燥 皇后 後面");
});

test("what is not Chinese stays", () => {
  const text = "Hello, мир! かな 한국어 😀 \ud800 12";
  expect(traditionalToSimplified(text)).toBe(text);
  expect(simplifiedToTraditional(text)).toBe(text);
});

test("aligned: the same text, and each character from its own", () => {
  const han = fc.array(
    fc.oneof(fc.constantFrom(..."漢汉語语頭头髮发發a 后後干乾"), fc.string({ unit: "binary", maxLength: 2 })),
  );
  fc.assert(
    fc.property(han, (parts) => {
      const text = parts.join("");
      for (const normalizer of [traditionalToSimplified, simplifiedToTraditional]) {
        const aligned = align(normalizer, text);
        expect(aligned.text).toBe(normalizer(text));
        if (aligned.text.length === text.length) expect(aligned.from(text.length >> 1)).toBe(text.length >> 1);
      }
    }),
  );
});
