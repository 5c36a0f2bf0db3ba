import { Random } from "@llm/random";
import { expectFrequencies } from "@llm/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { drawDocumentBlank, drawSentenceBlanks, drawSpanBlanks } from "../src/index.js";

test("blanks stand in order with a token between them, and cover the share or all they can", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.double({ min: 0.1, max: 20, noNaN: true }),
      fc.nat(),
      (length, rate, meanSpan, seed) => {
        const blanks = drawSpanBlanks(length, { random: new Random(seed), rate, meanSpan });
        const blank = blanks.reduce((sum, each) => sum + each.length, 0);
        expect(blanks.length).toBeGreaterThan(0);
        blanks.forEach((each, i) => {
          const before = blanks[i - 1];
          expect(each.length).toBeGreaterThan(0);
          expect(each.start).toBeGreaterThanOrEqual(before ? before.start + before.length + 1 : 0);
          expect(each.start + each.length).toBeLessThanOrEqual(length);
        });
        // Enough, unless only the tokens between blanks are left.
        if (blank < rate * length) expect(blank + blanks.length).toBeGreaterThanOrEqual(length);
        // And the last one was needed.
        expect(blank - Math.max(...blanks.map((each) => each.length))).toBeLessThan(rate * length);
      },
    ),
  );
});

test("lengths are Poisson with λ = 3, without 0", () => {
  const counts = new Array(9).fill(0);
  for (let seed = 0; seed < 4000; seed++) {
    // The first length drawn, before any is cut or sorted: the only one where one is enough.
    const [only] = drawSpanBlanks(60, { random: new Random(seed), rate: 1e-6 });
    counts[Math.min(8, (only as { length: number }).length - 1)]++;
  }
  const poisson = Array.from({ length: 8 }, (_, i) => {
    let p = Math.exp(-3);
    for (let k = 1; k <= i + 1; k++) p *= 3 / k;
    return p / (1 - Math.exp(-3));
  });
  expectFrequencies(counts, [...poisson, 1 - poisson.reduce((a, b) => a + b, 0)]);
});

test("at least 15 % of a text is blank, and little more: one span at most is too many", () => {
  let blank = 0;
  for (let seed = 0; seed < 500; seed++) {
    const own = drawSpanBlanks(1000, { random: new Random(seed) }).reduce((sum, { length }) => sum + length, 0);
    expect(own).toBeGreaterThanOrEqual(150);
    blank += own;
  }
  // The last span passes the mark by (E[L²] − E[L]) / 2 E[L] = λ / 2 = 1.5 tokens in the mean; 500 texts know it to ± 0.1.
  expect(Math.abs(blank / 500 - 151.5)).toBeLessThan(0.4);
});

test("every place is equally likely", () => {
  // One blank of one token among six.
  const counts = [0, 0, 0, 0, 0, 0];
  for (let seed = 0; seed < 20_000; seed++) {
    const [only] = drawSpanBlanks(6, { random: new Random(seed), rate: 1e-6 });
    const { start, length } = only as { start: number; length: number };
    if (length === 1) counts[start] = (counts[start] as number) + 1;
  }
  expectFrequencies(counts, Array(6).fill(1 / 6));
});

test("a document's blank is its end, of a uniform share of 50 … 100 %", () => {
  const counts = new Array(11).fill(0);
  for (let seed = 0; seed < 5500; seed++) {
    const { start, length } = drawDocumentBlank(20, { random: new Random(seed) });
    expect(start + length).toBe(20);
    counts[length - 10]++;
  }
  expectFrequencies(counts, Array(11).fill(1 / 11));
});

test("blanks are whole sentences, apart from each other, and no more of them than the share needs", () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 0, 0, 1), { minLength: 1, maxLength: 120 }),
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.nat(),
      (flags, rate, seed) => {
        const blanks = drawSentenceBlanks(flags, { random: new Random(seed), rate });
        const starts = new Set(flags.flatMap((flag, i) => (flag || i === 0 ? [i] : [])).concat(flags.length));
        let longest = 0;
        blanks.forEach(({ start, length }, i) => {
          const before = blanks[i - 1];
          expect(start).toBeGreaterThan(before ? before.start + before.length : -1);
          expect(starts.has(start) && starts.has(start + length)).toBe(true);
        });
        for (let i = 0, from = 0; i <= flags.length; i++) {
          if (i > 0 && starts.has(i)) [longest, from] = [Math.max(longest, i - from), i];
        }
        const blank = blanks.reduce((sum, { length }) => sum + length, 0);
        expect(blank).toBeGreaterThanOrEqual(rate * flags.length);
        // Without the last sentence drawn it was too little.
        expect(blank).toBeLessThan(rate * flags.length + longest);
      },
    ),
  );
});

test("every sentence is equally likely, whatever its length", () => {
  const counts = [0, 0, 0];
  for (let seed = 0; seed < 6000; seed++) {
    const [only] = drawSentenceBlanks([1, 1, 0, 0, 0, 1, 0], { random: new Random(seed), rate: 0.1 });
    const which = [0, 1, 5].indexOf((only as { start: number }).start);
    counts[which] = (counts[which] as number) + 1;
  }
  expectFrequencies(counts, [1 / 3, 1 / 3, 1 / 3]);
});

test("neighbouring sentences make one blank, and a single sentence is blank as a whole", () => {
  expect(drawSentenceBlanks([1, 0, 1, 0], { random: new Random(1), rate: 1 })).toEqual([{ start: 0, length: 4 }]);
  expect(drawSentenceBlanks([0, 0, 0], { random: new Random(1) })).toEqual([{ start: 0, length: 3 }]);
});

test("texts of one token have one blank", () => {
  expect(drawSpanBlanks(1, { random: new Random(1) })).toEqual([{ start: 0, length: 1 }]);
  expect(drawDocumentBlank(1, { random: new Random(1) })).toEqual({ start: 0, length: 1 });
  expect(drawDocumentBlank(3, { random: new Random(1), shares: [0.4, 0.45] }).length).toBe(1);
});

test("errors", () => {
  const random = new Random(1);
  expect(() => drawSpanBlanks(0, { random })).toThrow("a text has at least 1 token, got 0");
  expect(() => drawSpanBlanks(5, { random, rate: 0 })).toThrow("rate must be above 0 and at most 1, got 0");
  expect(() => drawSpanBlanks(5, { random, meanSpan: Number.NaN })).toThrow("meanSpan must be above 0");
  expect(() => drawSentenceBlanks([], { random })).toThrow("a text has at least 1 token, got 0");
  expect(() => drawSentenceBlanks([1], { random, rate: 2 })).toThrow("rate must be above 0 and at most 1, got 2");
  expect(() => drawDocumentBlank(5, { random, shares: [0.6, 0.5] })).toThrow("0 < smallest ≤ largest ≤ 1");
});
