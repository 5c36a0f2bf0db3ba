import fc from "fast-check";
import { expect, test } from "vitest";
import { type TrainUnigramProgress, trainUnigram, Unigram, UnigramError } from "../src/index.js";
import { corpusOf } from "../src/train/corpus.js";
import { digamma } from "../src/train/digamma.js";
import { expectedCounts } from "../src/train/expect.js";
import { countOf, type Pieces } from "../src/train/pieces.js";
import { seedPieces } from "../src/train/seed.js";
import { segmentations } from "./brute-force.js";

const words: [string, number][] = [
  ["▁low", 50],
  ["▁lower", 20],
  ["▁lowest", 10],
  ["▁newest", 60],
  ["▁widest", 30],
  ["▁wide", 15],
];

function spellings(pieces: Pieces, alphabet: readonly string[]): string[] {
  return Array.from({ length: countOf(pieces) }, (_, k) =>
    Array.from(pieces.codes.subarray(pieces.starts[k]!, pieces.starts[k + 1]!), (code) => alphabet[code - 1]).join(""),
  );
}

test("digamma has the values of the tables", () => {
  expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 9); // minus Euler's constant
  expect(digamma(0.5)).toBeCloseTo(-1.9635100260214235, 9);
  expect(digamma(10)).toBeCloseTo(2.251752589066721, 9);
  expect(digamma(1e6)).toBeCloseTo(13.815510057964191, 9);
});

/** All substrings of two to `limit` characters that occur twice and do not always go on alike, with their counts. */
function frequentSubstrings(list: [string, number][], limit: number): Map<string, number> {
  const found = new Map<string, { count: number; next: Set<string> }>();
  for (const [word, count] of list) {
    for (let start = 0; start < word.length; start++) {
      for (let end = start + 2; end <= Math.min(word.length, start + limit); end++) {
        const part = word.slice(start, end);
        const held = found.get(part) ?? { count: 0, next: new Set<string>() };
        held.count += count;
        held.next.add(word[end] ?? "end");
        found.set(part, held);
      }
    }
  }
  const kept = [...found].filter(([, { count, next }]) => count >= 2 && (next.size > 1 || next.has("end")));
  return new Map(kept.map(([part, { count }]) => [part, count]));
}

const lists = fc.uniqueArray(
  fc.tuple(
    fc.array(fc.constantFrom("a", "b", "c"), { minLength: 1, maxLength: 9 }).map((letters) => letters.join("")),
    fc.integer({ min: 1, max: 4 }),
  ),
  { selector: ([word]) => word, minLength: 1, maxLength: 60 },
);

test("the seeds are the frequent substrings and all characters, with their counts", () => {
  fc.assert(
    fc.property(lists, (list) => {
      const corpus = corpusOf(list, 1);
      const pieces = seedPieces(corpus, { maxPieceLength: 4, seedSize: 1e6 });
      const names = spellings(pieces, corpus.alphabet);
      const expected = frequentSubstrings(list, 4);
      expect(names.filter((name) => name.length > 1).sort()).toEqual([...expected.keys()].sort());
      expect(names.filter((name) => name.length === 1).sort()).toEqual([...corpus.alphabet].sort());
      const values = names.map((name, k) => [name, Math.exp(pieces.scores[k]!)] as const);
      const shares = values
        .filter(([name]) => name.length > 1)
        .map(([name, value]) => value / (expected.get(name)! * name.length));
      for (const share of shares) expect(share).toBeCloseTo(shares[0]!, 9);
    }),
    { numRuns: 200 },
  );
});

test("of many seeds the ones with the highest count * length are kept", () => {
  const corpus = corpusOf(words, 1);
  const pieces = seedPieces(corpus, { maxPieceLength: 16, seedSize: 3 });
  const longer = spellings(pieces, corpus.alphabet).filter((name) => name.length > 1);
  expect(longer).toHaveLength(3);
  expect(longer.sort()).toEqual(["newest", "▁low", "▁newest"].sort()); // 60*6, 80*4, 60*7
});

test("expected counts are those over all segmentations", () => {
  fc.assert(
    fc.property(lists, (list) => {
      const corpus = corpusOf(list, 1);
      const pieces = seedPieces(corpus, { maxPieceLength: 4, seedSize: 1e6 });
      const names = spellings(pieces, corpus.alphabet);
      const scores = new Map(names.map((name, k) => [name, pieces.scores[k]!]));
      const expected = new Map<string, number>(names.map((name) => [name, 0]));
      let likelihood = 0;
      let total = 0;
      for (const [word, count] of list) {
        const all = segmentations(word, scores).map((each) => ({ ...each, p: Math.exp(each.score) }));
        const sum = all.reduce((s, { p }) => s + p, 0);
        for (const each of all) {
          for (const piece of each.pieces) expected.set(piece, expected.get(piece)! + (count * each.p) / sum);
        }
        likelihood += count * Math.log(sum);
        total += count;
      }
      const found = expectedCounts(corpus, pieces);
      for (const [k, name] of names.entries()) expect(found.expected[k]).toBeCloseTo(expected.get(name)!, 8);
      expect(found.objective).toBeCloseTo(-likelihood / total, 8);
    }),
    { numRuns: 60 },
  );
});

test("words of any length and any rarity give finite counts", () => {
  const long = "ab".repeat(20_000);
  const corpus = corpusOf(
    [
      [long, 3],
      ["z", 1],
    ],
    1,
  );
  const pieces = seedPieces(corpus, { maxPieceLength: 16, seedSize: 1000 });
  const { expected, objective } = expectedCounts(corpus, pieces);
  expect(objective).toBeGreaterThan(0);
  expect(expected.every((value) => value >= 0 && value < Infinity)).toBe(true);
});

const stems = ["play", "walk", "jump", "talk", "look", "work", "start", "help", "open", "turn", "call", "move"];
const endings = ["", "ing", "er", "ed", "s", "able"];
// Each word once: what is learned has to be of use in several words.
const inflected = stems.flatMap((stem) => endings.map((ending): [string, number] => [`▁${stem}${ending}`, 1]));

test("a vocabulary is learned that explains the words with few pieces", () => {
  const pieces = trainUnigram(inflected, { vocabSize: 39 });
  expect(pieces).toHaveLength(39);
  const learned = pieces.map(([piece]) => piece);
  expect(learned).toEqual(expect.arrayContaining(["ing", "able", ...stems.map((stem) => `▁${stem}`)]));
  const scores = pieces.map(([, score]) => score);
  expect(scores).toEqual([...scores].sort((a, b) => b - a));
  const unigram = new Unigram({ pieces });
  expect(unigram.encode("▁walking").map((id) => unigram.idToPiece(id))).toEqual(["▁walk", "ing"]);
});

test("EM never lowers the likelihood between prunings, up to the prior", () => {
  const seen: TrainUnigramProgress[] = [];
  trainUnigram(words, { vocabSize: 14, subIterations: 8, onProgress: (step) => seen.push(step) });
  const rounds = seen.filter(({ stage }) => stage === "em");
  expect(rounds.length).toBeGreaterThanOrEqual(8);
  expect(seen[0]).toMatchObject({ stage: "seed", vocabSize: 14 });
  // The seeds' scores are crude; after the first round of EM the words are more probable.
  expect(rounds[1]!.objective).toBeLessThan(rounds[0]!.objective);
});

test("single characters always stay, pairs of surrogates are one, and rare characters can be left out", () => {
  const list: [string, number][] = [
    ["😀😀ab", 1000],
    ["😀ab", 900],
    ["q", 1],
  ];
  const all = trainUnigram(list, { vocabSize: 6 });
  expect(all.map(([piece]) => piece)).toEqual(expect.arrayContaining(["😀", "a", "b", "q"]));
  for (const [piece] of all) expect(/\p{Surrogate}/u.test(piece)).toBe(false);
  const most = trainUnigram(list, { vocabSize: 6, characterCoverage: 0.999 });
  expect(most.map(([piece]) => piece)).not.toContain("q");
});

test("the result does not depend on the order of the words", () => {
  const sorted = (list: [string, number][]): string[] =>
    trainUnigram(list, { vocabSize: 17 })
      .map(([piece]) => piece)
      .sort();
  expect(sorted([...words].reverse())).toEqual(sorted(words));
});

test.each<[string, () => unknown, string]>([
  ["fewer pieces than characters", () => trainUnigram(words, { vocabSize: 5 }), "less than the 11 characters"],
  ["no size", () => trainUnigram(words, { vocabSize: Number.NaN }), "vocabSize must be"],
  [
    "a shrinking factor that grows",
    () => trainUnigram(words, { vocabSize: 20, shrinkingFactor: 1.5 }),
    "shrinkingFactor",
  ],
  ["a wrong count", () => trainUnigram([["a", -1]], { vocabSize: 20 }), 'the count of "a"'],
])("%s is an error that says so", (_, run, message) => {
  expect(run).toThrow(UnigramError);
  expect(run).toThrow(message);
});

test("nothing to learn from gives nothing", () => {
  expect(trainUnigram([], { vocabSize: 10 })).toEqual([]);
  expect(trainUnigram([["a", 0]], { vocabSize: 10 })).toEqual([]);
});
