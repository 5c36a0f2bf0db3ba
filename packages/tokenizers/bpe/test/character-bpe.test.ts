import fc from "fast-check";
import { expect, test } from "vitest";
import { BpeError, byteToken, CharacterBPE, type TextToken } from "../src/characters.js";

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];
const byteTokens = (first: number): TextToken[] =>
  Array.from({ length: 256 }, (_, byte) => [byteToken(byte), first + byte] as const);

// Made up, with joins that cross words, characters that are only parts of tokens (é, 鬼), and equal scores.
const pieces = [
  "▁",
  "a",
  "b",
  "n",
  "d",
  "🙂",
  "an",
  "ana",
  "▁b",
  "▁ban",
  "▁bana",
  "na",
  "nd",
  "d▁",
  "a▁a",
  "éa",
  "吃鬼",
  "🙂🙂",
];
const scored = (ties: boolean): [string, number, number][] =>
  pieces.map((piece, i) => [piece, i + 1, piece.length < 2 ? 0 : -((i * 7) % (ties ? 5 : 18))]);

/** Sentencepiece's rule taken literally: join the best-scored neighbors, the leftmost of equals, as long as there are any. */
function literal(
  tokens: readonly [string, number, number][],
  text: string,
  unknown: (symbol: string) => number[],
): number[] {
  const known = new Map(tokens.map(([token, id, score]) => [token, { id, score }]));
  let symbols = [...text];
  for (;;) {
    let best = -1;
    let highest = Number.NEGATIVE_INFINITY;
    for (let i = 0; i + 1 < symbols.length; i++) {
      const score = known.get(symbols[i]! + symbols[i + 1]!)?.score;
      if (score !== undefined && score > highest) [best, highest] = [i, score];
    }
    if (best === -1) break;
    symbols = [...symbols.slice(0, best), symbols[best]! + symbols[best + 1]!, ...symbols.slice(best + 2)];
  }
  return symbols.flatMap((symbol) => known.get(symbol)?.id ?? unknown(symbol));
}

const letters = fc.constantFrom("▁", "a", "a", "n", "b", "d", "é", "吃", "鬼", "🙂", "z", "吃鬼");
const texts = fc.array(letters, { maxLength: 90 }).map((parts) => parts.join(""));

test.each([false, true])("scores: joins are those of the definition, with ties: %s", (ties) => {
  const tokens = scored(ties);
  const bytes = CharacterBPE.fromScores(tokens, { reserved: [["<unk>", 0], ...byteTokens(100)], byteFallback: true });
  const unknown = CharacterBPE.fromScores(tokens, { reserved: [["<unk>", 0]], unknown: 0 });
  const fused = CharacterBPE.fromScores(tokens, { reserved: [["<unk>", 0]], unknown: 0, fuseUnknown: true });
  fc.assert(
    fc.property(texts, (text) => {
      const separate = literal(tokens, text, () => [0]);
      for (let again = 0; again < 2; again++) {
        expect(bytes.encode(text)).toEqual(literal(tokens, text, (symbol) => utf8(symbol).map((byte) => 100 + byte)));
        expect(unknown.encode(text)).toEqual(separate);
        expect(fused.encode(text)).toEqual(separate.filter((id, i) => id !== 0 || separate[i - 1] !== 0));
      }
      expect(bytes.decode(bytes.encode(text))).toBe(text);
    }),
    { numRuns: 300 },
  );
});

test("with bytes, decode undoes encode for any well-formed text", () => {
  const bpe = CharacterBPE.fromScores(scored(false), { reserved: byteTokens(100), byteFallback: true });
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(bpe.decode(bpe.encode(text))).toBe(text);
    }),
  );
  expect(bpe.decode([100 + 0xf0, 100 + 0x9f, 1])).toBe("\ufffd▁");
});

test("what looks like the token of a byte is text", () => {
  const tokens = [..."<0xA>"].map((c, i) => [c, i, 0] as [string, number, number]);
  const bpe = CharacterBPE.fromScores(tokens, { reserved: byteTokens(10), byteFallback: true });
  expect(bpe.encode("<0x0A>\n")).toEqual([0, 1, 2, 1, 3, 4, 20]);
  expect(bpe.decode(bpe.encode("<0x0A>\n"))).toBe("<0x0A>\n");
});

test("a lone surrogate, or half of a pair that a scanner parts, is U+FFFD", () => {
  const bpe = CharacterBPE.fromScores([
    ["\ufffd", 0, 0],
    ["🙂", 1, 0],
  ]);
  expect(bpe.encode("\ud83d🙂\ude42")).toEqual([0, 1, 0]);
  expect(bpe.encode("🙂", (_, start) => start + 1)).toEqual([0, 0]);
  const joined = CharacterBPE.fromScores([
    ["a", 0, 0],
    ["\ufffd", 1, 0],
    ["a\ufffd", 2, 1],
    ["\ufffda", 3, 0],
  ]);
  expect(joined.encode("a\ud83daa\ufffd\ude42a")).toEqual([2, 0, 2, 3]);
});

// Hugging Face's rules, from the documentation of its `BPE` model.
test("merges: pairs in their order; the same token may have two", () => {
  const vocabulary: TextToken[] = ["a", "b", "c", "bc", "ab", "abc"].map((token, id) => [token, id] as const);
  const right = CharacterBPE.fromMerges(
    [
      [1, 2],
      [0, 3],
    ],
    { vocabulary },
  );
  expect(right.encode("abcab")).toEqual([5, 0, 1]);
  const left = CharacterBPE.fromMerges(
    [
      [0, 1],
      [4, 2],
      [1, 2],
      [0, 3],
    ],
    { vocabulary },
  );
  expect(left.encode("abcbc")).toEqual([5, 3]);
  expect(left.merges()).toEqual([
    [0, 1],
    [4, 2],
    [1, 2],
    [0, 3],
  ]);
  expect([...left.tokens()]).toEqual(vocabulary);
});

test("unknown characters: an error, dropped, one token each, or one for a run within a piece", () => {
  const vocabulary: TextToken[] = [
    ["a", 0],
    ["<unk>", 1],
  ];
  const make = (options: object) => CharacterBPE.fromMerges([], { vocabulary, ...options });
  expect(() => make({}).encode("aé")).toThrow('no token for "é" (U+00E9)');
  expect(make({ unknown: "drop" }).encode("éaé")).toEqual([0]);
  expect(make({ unknown: 1 }).encode("aéüa")).toEqual([0, 1, 1, 0]);
  expect(make({ unknown: 1, fuseUnknown: true }).encode("aéüa")).toEqual([0, 1, 0]);
  expect(make({ unknown: 1, fuseUnknown: true }).encodePieces(["aéü", "üa"])).toEqual([0, 1, 1, 0]);
  // Only é has all of its bytes.
  const some: TextToken[] = [...vocabulary, ["<0xC3>", 2], ["<0xA9>", 3]];
  expect(make({ vocabulary: some, unknown: 1, byteFallback: true }).encode("éü")).toEqual([2, 3, 1]);
});

test("a suffix at the end of words, a prefix within them", () => {
  const clip = ["l", "o", "w", "w</w>", "lo", "low</w>", "o</w>"].map((token, id) => [token, id] as const);
  const suffixed = CharacterBPE.fromMerges(
    [
      [0, 1],
      [4, 3],
    ],
    { vocabulary: clip, endOfWordSuffix: "</w>" },
  );
  expect(suffixed.encodePieces(["low", "lo", "ow"])).toEqual([5, 0, 6, 1, 3]);
  const bert = ["l", "##o", "##w", "lo", "low", "##ow"].map((token, id) => [token, id] as const);
  const prefixed = CharacterBPE.fromMerges(
    [
      [0, 1],
      [3, 2],
      [1, 2],
    ],
    { vocabulary: bert, continuingSubwordPrefix: "##" },
  );
  expect(prefixed.encodePieces(["low", "lo", "loow"])).toEqual([4, 3, 3, 5]);
});

test("a piece that is a token is that token, if asked", () => {
  const vocabulary = ["a", "b", "ab"].map((token, id) => [token, id] as const);
  expect(CharacterBPE.fromMerges([], { vocabulary }).encode("ab")).toEqual([0, 1]);
  expect(CharacterBPE.fromMerges([], { vocabulary, wholePieces: true }).encode("ab")).toEqual([2]);
});

test("what cannot be a vocabulary is named", () => {
  const make = (tokens: [string, number, number][], options = {}) => CharacterBPE.fromScores(tokens, options);
  expect(() =>
    make([
      ["a", 0, 0],
      ["b", 0, 0],
    ]),
  ).toThrow("two tokens have the id 0");
  expect(() =>
    make([
      ["a", 0, 0],
      ["a", 1, 0],
    ]),
  ).toThrow("same bytes");
  expect(() => make([["a", 0, 0]], { reserved: [["b", 0]] })).toThrow("two tokens have the id 0");
  expect(() => make([["a", 0, 0]], { reserved: [["a", 1]] })).toThrow('"a" is a token and reserved');
  expect(() => make([["a", 0, Number.NaN]])).toThrow("needs a score, got NaN");
  expect(() => make([["a", 2 ** 40, 0]])).toThrow("token id");
  expect(() => make([["", 0, 0]])).toThrow("no bytes");
  expect(() => make([["a", 0, 0]], { unknown: 7 })).toThrow("no token has the id 7");
  expect(() => make([["a", 0, 0]]).decode([1])).toThrow(BpeError);
  expect(() => CharacterBPE.fromMerges([[0, 1]], { vocabulary: [["a", 0]] })).toThrow("names the id 1");
  expect(() => CharacterBPE.fromMerges([[0, 0]], { vocabulary: [["a", 0]] })).toThrow("the vocabulary lacks");
  expect(() =>
    CharacterBPE.fromMerges([], { vocabulary: [["a", 0]], byteFallback: true, endOfWordSuffix: "~" }),
  ).toThrow("no prefix and no suffix");
});

test("names of prototypes are tokens like any other", () => {
  const vocabulary: TextToken[] = ["__proto__", "constructor", ..."__protcnsu"]
    .filter((t, i, all) => all.indexOf(t) === i)
    .map((t, id) => [t, id] as const);
  const bpe = CharacterBPE.fromMerges([], { vocabulary, wholePieces: true });
  expect(bpe.encodePieces(["__proto__", "constructor"])).toEqual([0, 1]);
  expect(bpe.tokenId("toString")).toBeUndefined();
});
