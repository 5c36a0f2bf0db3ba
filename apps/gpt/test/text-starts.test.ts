import { type TrainTokenizerOptions, trainTokenizer } from "@llm/tokenizer";
import { describe, expect, test } from "vitest";
import { sentenceStarts, wordStarts } from "../src/families/text-starts.js";

const text =
  'The dogs (7 of them) didn\'t bark. "Why not?" He asked\nthem all. Nobody knew… It costs 3.5 naïve francs! Yes';

/** The text's parts, joined of tokens between starts. */
async function partsOf(
  kind: TrainTokenizerOptions["kind"],
  starts: typeof wordStarts,
  given = text,
): Promise<string[]> {
  const tokenizer = await trainTokenizer([given, given.toLowerCase()], {
    kind,
    ...(kind !== "char" && { vocabSize: 330 }),
  });
  const ids = tokenizer.encode(given);
  const flags = starts(tokenizer)(ids);
  const parts: number[][] = [];
  for (const [i, id] of ids.entries()) {
    if (i === 0 || flags[i]) parts.push([]);
    parts.at(-1)?.push(id);
  }
  const decoder = new TextDecoder();
  return parts.map((part) =>
    decoder.decode(Uint8Array.from(part.flatMap((id) => [...(tokenizer.tokenBytes(id) ?? [])]))),
  );
}

describe.each(["char", "bpe", "unigram"] as const)("%s", (kind) => {
  test("words are runs of letters and digits", async () => {
    const words = (await partsOf(kind, wordStarts)).map((part) => part.trim()).filter((part) => /\w/u.test(part));
    const expected = text.split(/[^\p{L}\p{N}]+/u).filter((word) => /\w/u.test(word));
    expect(words.flatMap((word) => word.split(/[^\p{L}\p{N}]+/u)).filter((word) => /\w/u.test(word))).toEqual(expected);
    // No word is cut, whatever stands around it.
    for (const word of ["dogs", "them", "bark", "naïve", "francs"]) {
      expect(words.some((each) => each.split(/[^\p{L}\p{N}]+/u).includes(word))).toBe(true);
    }
  });

  test("sentences end with a mark and a space, or a line", async () => {
    // A piece of Unigram may hold a line's end in its midst; there is no token behind it to be flagged.
    const [given, asked] = kind === "unigram" ? [text.replace("\n", ". "), "He asked."] : [text, "He asked"];
    expect((await partsOf(kind, sentenceStarts, given)).map((part) => part.trim())).toEqual([
      "The dogs (7 of them) didn't bark.",
      '"Why not?"',
      asked,
      "them all.",
      "Nobody knew…",
      "It costs 3.5 naïve francs!",
      "Yes",
    ]);
  });
});

test("WordPiece says itself where words start; scripts without spaces have words of one character", async () => {
  expect(await partsOf("wordpiece", wordStarts, "unhappy dogs")).toEqual([" unhappy", " dogs"]);
  expect(await partsOf("char", wordStarts, "犬と猫 dogs")).toEqual(["犬", "と", "猫", " ", "dogs"]);
  expect(await partsOf("char", sentenceStarts, "犬は吠えない。「猫も。」犬")).toEqual([
    "犬は吠えない。",
    "「猫も。」",
    "犬",
  ]);
});
