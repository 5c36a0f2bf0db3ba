import { Random } from "@llm/random";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Unigram, type UnigramConfig, UnigramError } from "../src/index.js";
import { segmentations } from "./brute-force.js";

const vocabulary: [string, number][] = [
  ["<unk>", 0],
  ["a", -2],
  ["b", -2.5],
  ["ab", -3],
  ["abab", -5.5],
  ["▁", -1],
  ["▁a", -2.75],
  ["ba", -4],
];
const unigram = new Unigram({ pieces: vocabulary, unknownId: 0, hidden: [0] });
const spell = (ids: number[]): string => ids.map((id) => unigram.idToPiece(id)).join(" ");

test("the most probable pieces are found", () => {
  expect(spell(unigram.encode("abab"))).toBe("abab");
  expect(spell(unigram.encode("▁ab▁ba"))).toBe("▁ ab ▁ ba"); // -4 -5; ▁a b is -5.25
  expect(unigram.encode("")).toEqual([]);
});

test("unknown characters are one id a run, or their bytes", () => {
  expect(spell(unigram.encode("axyb"))).toBe("a <unk> b");
  expect(spell(unigram.encode("x▁y"))).toBe("<unk> ▁ <unk>");
  expect(spell(unigram.encode("😀a"))).toBe("<unk> a");
  const bytes = Array.from({ length: 256 }, (_, byte): [string, number] => [
    `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
    0,
  ]);
  const hidden = bytes.map((_, byte) => byte);
  const withBytes = new Unigram({ pieces: [...bytes, ...vocabulary.slice(1)], byteFallback: true, hidden });
  expect(withBytes.encode("é")).toEqual([0xc3, 0xa9]);
  expect(withBytes.encode("\ud800")).toEqual([0xef, 0xbf, 0xbd]);
  expect(withBytes.encode("😀")).toEqual([...new TextEncoder().encode("😀")]);
  expect(withBytes.tokenBytes(0xc3)).toEqual(Uint8Array.of(0xc3));
  expect(withBytes.tokenBytes(256)).toEqual(Uint8Array.of(97));
  expect(withBytes.tokenBytes(-1)).toBeUndefined();
});

test("user-defined symbols are found whatever the scores", () => {
  const config: UnigramConfig = { pieces: [...vocabulary, ["bab", -100]], unknownId: 0, hidden: [0], userDefined: [8] };
  expect(new Unigram(config).encode("abab")).toEqual([1, 8]);
});

const words = fc.array(fc.constantFrom("a", "b", "▁"), { maxLength: 11 }).map((letters) => letters.join(""));
const vocabularies = fc
  .uniqueArray(
    fc.array(fc.constantFrom("a", "b", "▁"), { minLength: 2, maxLength: 4 }).map((letters) => letters.join("")),
    { maxLength: 12 },
  )
  .chain((pieces) =>
    fc.tuple(
      ...["a", "b", "▁", ...pieces].map((piece) =>
        fc.tuple(fc.constant(piece), fc.double({ min: -9, max: -0.5, noNaN: true })),
      ),
    ),
  );

test("no segmentation is better than the one that is found, whether words are reused or not", () => {
  fc.assert(
    fc.property(vocabularies, fc.array(words, { minLength: 1, maxLength: 5 }), (pieces, texts) => {
      for (const precision of ["float32", "float64"] as const) {
        const model = new Unigram({ pieces, precision });
        const scores = new Map(model.pieces());
        for (const text of [...texts, ...texts]) {
          const ids = model.encode(text);
          expect(ids.map((id) => model.idToPiece(id)).join("")).toBe(text);
          const score = ids.reduce((sum, id) => sum + model.scoreOf(id)!, 0);
          const best = Math.max(...segmentations(text, scores).map((each) => each.score));
          expect(score).toBeGreaterThanOrEqual(best - (precision === "float32" ? 1e-4 : 1e-9));
        }
      }
    }),
    { numRuns: 150 },
  );
});

test("the n best are the n best of all, distinct, and in order", () => {
  fc.assert(
    fc.property(vocabularies, words, fc.integer({ min: 1, max: 40 }), (pieces, text, n) => {
      const model = new Unigram({ pieces, precision: "float64" });
      const found = model.encodeNBest(text, n);
      const all = segmentations(text, new Map(pieces)).map((each) => each.score);
      all.sort((a, b) => b - a);
      expect(found).toHaveLength(Math.min(n, all.length));
      found.forEach(({ ids, score }, i) => {
        expect(score).toBeCloseTo(all[i]!, 9);
        expect(ids.map((id) => model.idToPiece(id)).join("")).toBe(text);
        expect(ids.reduce((sum, id) => sum + model.scoreOf(id)!, 0)).toBeCloseTo(score, 9);
      });
      expect(new Set(found.map(({ ids }) => String(ids))).size).toBe(found.length);
    }),
    { numRuns: 300 },
  );
});

test("the queue of the n best is bounded, and the best is still first", () => {
  const model = new Unigram({
    pieces: [
      ["a", -1],
      ["aa", -1.9],
      ["aaa", -2.8],
    ],
    precision: "float64",
  });
  const found = model.encodeNBest("a".repeat(600), 100);
  expect(found).toHaveLength(100);
  expect(found[0]!.ids).toEqual(model.encode("a".repeat(600)));
});

test.each([0, 0.3, 1])("samples follow the probabilities to the power %f (chi-square)", (alpha) => {
  const text = "ab▁abab";
  const all = segmentations(text, new Map(vocabulary.slice(1)));
  const weights = all.map(({ score }) => Math.exp(alpha * score));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  const draws = 40_000;
  const random = new Random(11);
  const counts = new Map<string, number>();
  for (let i = 0; i < draws; i++) {
    const drawn = spell(unigram.sample(text, { alpha, random }));
    counts.set(drawn, (counts.get(drawn) ?? 0) + 1);
  }
  let chiSquare = 0;
  all.forEach(({ pieces }, i) => {
    const expected = (draws * weights[i]!) / sum;
    chiSquare += ((counts.get(pieces.join(" ")) ?? 0) - expected) ** 2 / expected;
  });
  expect([...counts.values()].reduce((total, count) => total + count, 0)).toBe(draws);
  // One in 1000 of all seeds is above mean + 3.3 standard deviations (a little more for few degrees of freedom).
  const freedom = all.length - 1;
  expect(freedom).toBeGreaterThan(15);
  expect(chiSquare).toBeLessThan(freedom + 3.7 * Math.sqrt(2 * freedom));
});

test("equal seeds draw equal samples", () => {
  const draw = (seed: number): number[][] => {
    const random = new Random(seed);
    return Array.from({ length: 20 }, () => unigram.sample("abab▁ababba", { random }));
  };
  expect(draw(5)).toEqual(draw(5));
  expect(draw(5)).not.toEqual(draw(6));
});

test("a large alpha draws the best, and long texts do not underflow", () => {
  const text = "ab▁ba".repeat(400);
  expect(unigram.sample(text, { alpha: 1e3, random: new Random(1) })).toEqual(unigram.encode(text));
  expect(
    unigram
      .sample(text, { alpha: 1, random: new Random(1) })
      .map((id) => unigram.idToPiece(id))
      .join(""),
  ).toBe(text);
});

test("time is linear in the text", () => {
  // Each position starts pieces up to 64 characters long: the worst that this vocabulary can do.
  const pieces = Array.from({ length: 64 }, (_, i): [string, number] => ["a".repeat(i + 1), -1 - i]);
  const model = new Unigram({ pieces });
  const seconds = (length: number): number => {
    const text = "a".repeat(length);
    let least = Infinity;
    for (let round = 0; round < 3; round++) {
      const start = performance.now();
      model.encode(text);
      least = Math.min(least, performance.now() - start);
    }
    return least;
  };
  seconds(5_000);
  const short = seconds(20_000);
  expect(seconds(320_000) / short).toBeLessThan(16 * 3); // quadratic would be 256
});

test.each<[string, () => unknown, string]>([
  ["no pieces", () => new Unigram({ pieces: [] }), "needs pieces"],
  ["an empty piece", () => new Unigram({ pieces: [["", 0]] }), "piece 0 is empty"],
  [
    "a piece twice",
    () =>
      new Unigram({
        pieces: [
          ["a", 0],
          ["a", 1],
        ],
      }),
    'the pieces 0 and 1 are both "a"',
  ],
  ["a score that is no number", () => new Unigram({ pieces: [["a", Number.NaN]] }), 'the score of "a"'],
  ["a score beyond float32", () => new Unigram({ pieces: [["a", 1e300]] }), 'the score of "a"'],
  ["an unknown id out of range", () => new Unigram({ pieces: [["a", 0]], unknownId: 1 }), "unknownId must be"],
  ["a hidden id out of range", () => new Unigram({ pieces: [["a", 0]], hidden: [0.5] }), "hidden must be"],
  ["bytes that are missing", () => new Unigram({ pieces: [["a", 0]], byteFallback: true }), "<0x00> is missing"],
  ["an unknown character", () => new Unigram({ pieces: [["a", 0]] }).encode("a😀"), '"😀"'],
  ["no number of segmentations", () => unigram.encodeNBest("a", 0), "from 1 to 1024"],
  ["a negative alpha", () => unigram.sample("a", { alpha: -1, random: new Random(1) }), "alpha must be"],
])("%s is an error that says so", (_, run, message) => {
  expect(run).toThrow(UnigramError);
  expect(run).toThrow(message);
});

test("pieces may be named like properties of objects", () => {
  const names = ["__proto__", "constructor", "toString"];
  const model = new Unigram({ pieces: names.map((name, i) => [name, -i]), unknownId: 0 });
  expect(names.flatMap((name) => model.encode(name))).toEqual([0, 1, 2]);
  expect(model.pieceToId("valueOf")).toBeUndefined();
});

test("pieces that do not fit into each other's gaps take no gigabytes, and no minutes", () => {
  // Children as far apart as they can be, and nodes whose only child is a rare character: where a search for room that goes by
  // the first gaps alone finds none, or walks through tens of thousands of them.
  const character = (i: number): string => String.fromCharCode(0x100 + i);
  const pieces = new Set<string>();
  for (let i = 0; i < 30_000; i++) {
    const prefix = character(1000 + (i % 200)) + character(2000 + Math.floor(i / 200));
    for (const next of [0, 50_000, (i * 7919) % 50_000]) pieces.add(prefix + character(next));
    pieces.add(
      character(3000) + character(3000 + (i % 200)) + character(50_000 - i) + character((i * 104_729) % 50_000),
    );
  }
  const before = process.memoryUsage().arrayBuffers;
  const start = performance.now();
  const model = new Unigram({ pieces: Array.from(pieces, (piece, i) => [piece, -1 - i * 1e-6]) });
  expect(performance.now() - start).toBeLessThan(10_000); // under one second; a walk takes a minute
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150e6);
  let id = 0;
  for (const piece of pieces) if (id++ % 97 === 0) expect(model.encode(piece)).toEqual([id - 1]);
});
