import fc from "fast-check";
import { expect, test } from "vitest";
import { CharacterBPE, type CharacterMergesOptions } from "../src/characters.js";
import { BPE, BpeError, byteTokens, parseTiktoken } from "../src/index.js";

// Whatever a file says: it is refused with a BpeError, or it encodes and decodes. No hang, no other error.

function survives(make: () => { encode: (text: string) => number[]; decode: (ids: number[]) => string }): void {
  try {
    const bpe = make();
    for (const text of ["abcabc", "a".repeat(200), "é🙂\ud800"]) bpe.decode(bpe.encode(text));
  } catch (error) {
    if (!(error instanceof BpeError)) throw error;
  }
}

const ids = fc.oneof(
  fc.integer({ min: 0, max: 12 }),
  fc.constantFrom(
    -1,
    255,
    256,
    257,
    300,
    2 ** 21 - 1,
    2 ** 21,
    2 ** 31,
    2 ** 53,
    0.5,
    Number.NaN,
    Number.POSITIVE_INFINITY,
  ),
);
const names = fc.oneof(
  fc.array(fc.constantFrom("a", "b", "c", "é", "🙂", "\ud800", "##"), { maxLength: 4 }).map((parts) => parts.join("")),
  fc.constantFrom("__proto__", "constructor", "<0x61>", "<0xZZ>", "<unk>"),
);
const pairs = fc.array(fc.tuple(ids, ids), { maxLength: 40 });

test("any merges, cyclic and impossible ones among them", () => {
  fc.assert(
    fc.property(pairs, (merges) => survives(() => BPE.fromMerges(merges))),
    { numRuns: 200 },
  );
  fc.assert(
    fc.property(
      pairs,
      fc.array(fc.tuple(fc.uint8Array({ maxLength: 3 }), ids), { maxLength: 20 }),
      (merges, vocabulary) => {
        survives(() => BPE.fromMerges(merges, { vocabulary: [...byteTokens(), ...vocabulary] }));
        survives(() => BPE.fromRanks(vocabulary));
      },
    ),
    { numRuns: 200 },
  );
});

test("any tokens, scores and options of characters", () => {
  const scores = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom(Number.NaN, Number.NEGATIVE_INFINITY, -0, 1e308),
  );
  const options = fc.record(
    {
      reserved: fc.array(fc.tuple(names, ids), { maxLength: 4 }),
      byteFallback: fc.boolean(),
      fuseUnknown: fc.boolean(),
      wholePieces: fc.boolean(),
      unknown: fc.oneof(ids, fc.constant("drop" as const)),
      continuingSubwordPrefix: fc.constantFrom("", "##", "\ud800"),
      endOfWordSuffix: fc.constantFrom("", "</w>"),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(
      fc.array(fc.tuple(names, ids, scores), { maxLength: 20 }),
      pairs,
      options,
      (tokens, merges, settings) => {
        survives(() => CharacterBPE.fromScores(tokens, settings));
        const vocabulary = tokens.map(([token, id]) => [token, id] as const);
        survives(() => CharacterBPE.fromMerges(merges, { ...settings, vocabulary } as CharacterMergesOptions));
      },
    ),
    { numRuns: 600 },
  );
});

test("any .tiktoken text, and a real one that was cut off or changed", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => survives(() => BPE.fromRanks(parseTiktoken(text)))));
  const real = [...byteTokens()].map(([token, id]) => `${btoa(String.fromCharCode(...token))} ${id}`).join("\n");
  fc.assert(
    fc.property(fc.nat(real.length), fc.string({ maxLength: 3 }), (at, noise) => {
      survives(() => BPE.fromRanks(parseTiktoken(real.slice(0, at))));
      survives(() => BPE.fromRanks(parseTiktoken(real.slice(0, at) + noise + real.slice(at + 1))));
    }),
  );
});

test("a claim of gigantic ids or tokens allocates nothing like it", () => {
  const before = process.memoryUsage().arrayBuffers;
  expect(() => CharacterBPE.fromScores([["a", 2 ** 40, 0]])).toThrow("token id");
  expect(() => CharacterBPE.fromScores([["a", 0, 0]], { reserved: [["b", 2 ** 30]] })).toThrow("token id");
  const doublings = Array.from({ length: 60 }, (_, i): [number, number] => (i ? [255 + i, 255 + i] : [97, 97]));
  expect(() => BPE.fromMerges(doublings)).toThrow("too long");
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(300e6);
});

test("a merge that is listed twice has its last place, as in Hugging Face's library", () => {
  // Ids 256 "ab", 257 "bc": of "abc" the one that comes first is joined.
  const [ab, bc] = [[97, 98] as const, [98, 99] as const];
  expect(BPE.fromMerges([ab, bc]).encode("abc")).toEqual([256, 99]);
  expect(BPE.fromMerges([ab, bc, ab]).encode("abc")).toEqual([97, 257]);
});

test("more merges than there are ids are refused, with a message that is short", () => {
  function* endless(): Generator<[number, number]> {
    for (;;) yield [97, 98];
  }
  expect(() => BPE.fromMerges(endless())).toThrow("more than 2097152 merges");
  const long: [Uint8Array, number][] = [300, 301].map((id) => [new Uint8Array(1e6), id]);
  const read = (): BPE => BPE.fromRanks([...byteTokens(), ...long]);
  expect(read).toThrow("have the same bytes [0 0 0");
  expect(read).toThrow(/^.{0,300}$/);
});

test("no text is slow without a scanner: characters", () => {
  const tokens = ["a", "b", "aa", "aaaa", "ab", "ba", "abab", "▁", "▁▁"].map((t, i) => [t, i, -i] as const);
  const bpe = CharacterBPE.fromScores(tokens, { unknown: "drop" });
  const start = performance.now();
  for (const text of ["a", "ab", "▁", "a▁", "x", "🙂", "\ud800", "aab"])
    bpe.encode(text.repeat(1_000_000 / text.length));
  expect(performance.now() - start).toBeLessThan(30_000); // about 3 s; a quadratic loop takes hours
});
