import { expect, test } from "vitest";
import { trainWordPiece, WordPiece, WordPieceError } from "../src/index.js";

// The corpus of Hugging Face's course on WordPiece, where the first four joins are worked out by hand.
const corpus: [string, number][] = [
  ["hug", 10],
  ["pug", 5],
  ["pun", 12],
  ["bun", 4],
  ["hugs", 5],
];

test("the joins of Hugging Face's course", () => {
  const plain = { specialTokens: ["[UNK]"], minFrequency: 1 };
  const joined = (vocabSize: number, gain: "likelihood" | "frequency"): string[] =>
    trainWordPiece(corpus, { ...plain, gain, vocabSize })
      .slice(15)
      .map(([token]) => token);
  // 7 characters in two spellings each, and [UNK]; "g" + "s" gains 5 / (20 · 5), more than the frequent "u" + "g", 20 / (36 · 20).
  // Then "hu", "pu" and "bu" gain 1 / 36 each: the course takes any, we the lowest ids.
  expect(joined(18, "likelihood")).toEqual(["##gs", "bu", "bun"]);
  expect(joined(18, "frequency")).toEqual(["##ug", "##un", "hug"]);
});

test("the words that were learned from come out whole, and other words of their characters are never unknown", () => {
  const vocabulary = trainWordPiece(corpus, { vocabSize: 100, minFrequency: 1 });
  expect(vocabulary.slice(0, 5).map(([token]) => token)).toEqual(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]);
  const wordPiece = new WordPiece({ vocabulary });
  for (const [word] of corpus) expect(wordPiece.encode(word)).toEqual([wordPiece.tokenId(word)]);
  expect(wordPiece.encode("snub")).not.toContain(wordPiece.tokenId("[UNK]"));
  expect(wordPiece.decode(wordPiece.encode("snub hugs pugs"))).toBe("snub hugs pugs");
});

test("errors are this package's", () => {
  expect(() => trainWordPiece(corpus, { vocabSize: 3 })).toThrow(WordPieceError);
  expect(() => trainWordPiece([["a", 0.5]], { vocabSize: 30 })).toThrow("whole number");
});
