import fc from "fast-check";
import { expect, test } from "vitest";
import {
  BpeError,
  CharacterBPE,
  type TrainCharacterBpeOptions,
  type TrainedCharacterBpe,
  trainCharacterBpe,
} from "../src/characters.js";

const spelled = ({ merges, tokens }: TrainedCharacterBpe): string[] =>
  merges.map(([l, r]) => `${tokens[l]} ${tokens[r]}`);

/** Counts everything anew for each merge: algorithm 1 of Sennrich et al., or its WordPiece form. */
function naive(
  pieces: readonly [string, number][],
  { vocabSize, minFrequency = 2, gain, continuingSubwordPrefix: prefix = "" }: TrainCharacterBpeOptions,
): string[] {
  const characters = [...new Set(pieces.flatMap(([piece]) => [...piece]))].sort();
  const names = characters.flatMap((c) => (prefix ? [c, prefix + c] : [c]));
  const ids = new Map(names.map((name, id) => [name, id]));
  let words = pieces.map(([piece, count]) => ({ ids: [...piece].map((c, i) => ids.get(i ? prefix + c : c)!), count }));
  const merges: string[] = [];
  while (names.length < vocabSize) {
    const symbols = new Map<number, number>();
    const counts = new Map<string, { count: number; left: number; right: number }>();
    for (const { ids: word, count } of words) {
      for (const [i, left] of word.entries()) {
        symbols.set(left, (symbols.get(left) ?? 0) + count);
        const right = word[i + 1];
        if (right === undefined) continue;
        const key = `${left},${right}`;
        counts.set(key, { count: (counts.get(key)?.count ?? 0) + count, left, right });
      }
    }
    const scored = [...counts.values()].filter(({ count }) => count >= minFrequency);
    const of = ({ count, left, right }: { count: number; left: number; right: number }): number =>
      gain === "likelihood" ? count / (symbols.get(left)! * symbols.get(right)!) : count;
    const [best] = scored.sort((a, b) => of(b) - of(a) || a.left - b.left || a.right - b.right);
    if (!best) break;
    const { left, right } = best;
    const name = names[left]! + names[right]!.slice(prefix.length);
    if (!ids.has(name)) ids.set(name, names.push(name) - 1);
    merges.push(`${names[left]} ${names[right]}`);
    words = words.map(({ ids: word, count }) => {
      const joined: number[] = [];
      for (let i = 0; i < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) {
          joined.push(ids.get(name)!);
          i++;
        } else joined.push(word[i]!);
      }
      return { ids: joined, count };
    });
  }
  return merges;
}

const corpora = fc.uniqueArray(
  fc.tuple(
    fc.array(fc.constantFrom("a", "a", "b", "c", "é", "🙂"), { minLength: 1, maxLength: 14 }).map((c) => c.join("")),
    fc.integer({ min: 1, max: 9 }),
  ),
  { selector: ([piece]) => piece, minLength: 1, maxLength: 12 },
);

test.each<Partial<TrainCharacterBpeOptions>>([
  {},
  { continuingSubwordPrefix: "##" },
  { gain: "likelihood" },
  { gain: "likelihood", continuingSubwordPrefix: "##" },
])("merges are those of the algorithm taken literally: %o", (variant) => {
  fc.assert(
    fc.property(corpora, fc.integer({ min: 1, max: 4 }), (pieces, minFrequency) => {
      const options = { vocabSize: 40, minFrequency, ...variant };
      const trained = trainCharacterBpe(pieces, options);
      expect(spelled(trained)).toEqual(naive(pieces, options));
      expect(new Set(trained.tokens).size).toBe(trained.tokens.length);
    }),
    { numRuns: 200 },
  );
});

test("what training did to a piece is what encoding does to it", () => {
  const pieces: [string, number][] = [
    ["▁banana", 7],
    ["▁bandana", 5],
    ["▁an", 3],
  ];
  const { tokens, merges, reserved } = trainCharacterBpe(pieces, {
    vocabSize: 600,
    minFrequency: 1,
    specialTokens: ["<unk>", "<s>"],
    byteFallback: true,
  });
  expect(tokens.slice(0, 4)).toEqual(["<unk>", "<s>", "<0x00>", "<0x01>"]);
  expect(reserved).toBe(258);
  const bpe = CharacterBPE.fromMerges(merges, {
    vocabulary: tokens.map((t, id) => [t, id] as const),
    byteFallback: true,
  });
  for (const [piece] of pieces) expect(bpe.encode(piece)).toEqual([bpe.tokenId(piece)]);
  expect(bpe.decode(bpe.encode("▁banana é🙂"))).toBe("▁banana é🙂");
});

test("the alphabet: asked for, limited in number, or by what it covers", () => {
  const pieces: [string, number][] = [
    ["aaab", 10],
    ["ac", 1],
    ["d", 1],
  ];
  const alphabet = (options: Partial<TrainCharacterBpeOptions>): string =>
    trainCharacterBpe(pieces, { vocabSize: 40, minFrequency: 100, ...options }).tokens.join("");
  expect(alphabet({})).toBe("abcd");
  expect(alphabet({ initialAlphabet: "zy" })).toBe("abcdyz");
  expect(alphabet({ alphabetSize: 2 })).toBe("ab");
  expect(alphabet({ alphabetSize: 3, initialAlphabet: "dy" })).toBe("ady");
  expect(alphabet({ coverage: 0.9 })).toBe("ab");
  expect(alphabet({ coverage: 0.5 })).toBe("a");
});

test("characters that the alphabet leaves out part a piece", () => {
  const { tokens } = trainCharacterBpe([["abxab", 5]], { vocabSize: 10, alphabetSize: 2 });
  expect(tokens).toEqual(["a", "b", "ab"]);
});

test("nothing is joined to a special token, nor beyond the longest length", () => {
  const pieces: [string, number][] = [["abcd", 9]];
  expect(trainCharacterBpe(pieces, { vocabSize: 20, specialTokens: ["ab"] }).tokens).toEqual([
    "ab",
    "a",
    "b",
    "c",
    "d",
    "bc",
    "abc",
    "abcd",
  ]);
  expect(trainCharacterBpe(pieces, { vocabSize: 20, maxTokenLength: 2 }).tokens.slice(4)).toEqual(["ab", "cd"]);
  // A special token that is a character is not that character.
  expect(trainCharacterBpe([["aa", 9]], { vocabSize: 20, specialTokens: ["a"] }).tokens).toEqual(["a"]);
});

test("a prefix and a suffix, and words that look like them", () => {
  const suffix = trainCharacterBpe(
    [
      ["low", 5],
      ["lower", 2],
    ],
    { vocabSize: 14, endOfWordSuffix: "</w>" },
  );
  expect(spelled(suffix)).toEqual(["l o", "lo w</w>", "e r</w>", "w er</w>"]);
  const confusing = trainCharacterBpe(
    [
      ["###a", 9],
      ["##a", 5],
      ["#a#a", 4],
    ],
    { vocabSize: 60, minFrequency: 1, continuingSubwordPrefix: "##" },
  );
  expect(new Set(confusing.tokens).size).toBe(confusing.tokens.length);
  for (const [left, right] of confusing.merges) expect(Math.max(left, right)).toBeLessThan(confusing.tokens.length);
});

test("progress, and an iterator that can be gone through once", () => {
  const seen: number[] = [];
  const once = new Map([["abab", 3]]).entries();
  trainCharacterBpe(once, { vocabSize: 4, onProgress: ({ tokens, count }) => seen.push(tokens, count) });
  expect(seen).toEqual([3, 6, 4, 3]);
});

test("what cannot be trained is named", () => {
  const train = (options: Partial<TrainCharacterBpeOptions>, count = 1) =>
    trainCharacterBpe([["abc", count]], { vocabSize: 9, ...options });
  expect(() => train({ vocabSize: 2 })).toThrow("vocabSize must be at least 3");
  expect(() => train({ byteFallback: true })).toThrow("at least 259, for 256 reserved tokens and 3 of characters");
  expect(() => train({ vocabSize: Number.NaN })).toThrow(BpeError);
  expect(() => train({ coverage: 0 })).toThrow("coverage");
  expect(() => train({ alphabetSize: Number.NaN })).toThrow("alphabetSize");
  expect(() => train({ initialAlphabet: ["ab"] })).toThrow("single characters");
  expect(() => train({}, -1)).toThrow('the count of "abc"');
});
