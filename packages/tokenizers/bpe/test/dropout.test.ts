import { expect, test } from "vitest";
import { BPE, BpeError, trainBpe } from "../src/index.js";

const { merges } = trainBpe(
  [
    ["banana", 7],
    ["bandana", 5],
  ],
  { vocabSize: 264 },
);
const bpe = BPE.fromMerges(merges);
const text = "banana bandana ".repeat(20);
const scanner = (whole: string, start: number): number => whole.indexOf(" ", start) + 1;
const length = (dropout: number, seed: number): number => bpe.encodeSampled(text, { dropout, seed, scanner }).length;

test("without dropout it is encode, with all of it the bytes; the text comes back always", () => {
  expect(bpe.encodeSampled(text, { dropout: 0, seed: 1 })).toEqual(bpe.encode(text));
  expect(bpe.encodeSampled(text, { dropout: 1, seed: 1 })).toEqual([...Buffer.from(text)]);
  for (let seed = 0; seed < 50; seed++) {
    expect(bpe.decode(bpe.encodeSampled(text, { dropout: seed / 50, seed, scanner }))).toBe(text);
  }
});

test("equal seeds give equal ids, others others", () => {
  const sample = (seed: number): string => bpe.encodeSampled(text, { seed, scanner }).join();
  expect(sample(7)).toBe(sample(7));
  expect(new Set(Array.from({ length: 50 }, (_, seed) => sample(seed * 2 ** 31))).size).toBe(50);
  expect(sample(0.5 * 2 ** 32)).not.toBe(sample(0));
});

test("a lone pair is joined with probability 1 - p", () => {
  const one = BPE.fromMerges([[97, 98]]);
  const joined = Array.from(
    { length: 4000 },
    (_, seed) => one.encodeSampled("ab", { dropout: 0.3, seed }).length === 1,
  );
  const share = joined.filter(Boolean).length / 4000;
  expect(Math.abs(share - 0.7)).toBeLessThan(4 * Math.sqrt((0.3 * 0.7) / 4000)); // four standard deviations
});

test("the second of two pairs has its chance when the first is left out", () => {
  // "abc" with a b before b c. A step joins a b with 1 - p, else b c with p (1 - p), else stops with p².
  const two = BPE.fromMerges([
    [97, 98],
    [98, 99],
  ]);
  const counts = new Map<string, number>();
  for (let seed = 0; seed < 8000; seed++) {
    const ids = two.encodeSampled("abc", { dropout: 0.4, seed }).join();
    counts.set(ids, (counts.get(ids) ?? 0) + 1);
  }
  const expected: [string, number][] = [
    ["256,99", 0.6],
    ["97,257", 0.24],
    ["97,98,99", 0.16],
  ];
  for (const [ids, p] of expected) {
    expect(Math.abs((counts.get(ids) ?? 0) / 8000 - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / 8000));
  }
});

test("more dropout, more tokens; wrong options are named", () => {
  const mean = (dropout: number): number =>
    Array.from({ length: 20 }, (_, seed) => length(dropout, seed)).reduce((a, b) => a + b) / 20;
  expect(mean(0.1)).toBeGreaterThan(mean(0));
  expect(mean(0.5)).toBeGreaterThan(mean(0.1));
  expect(() => length(1.1, 0)).toThrow("dropout must be from 0 to 1");
  expect(() => length(0.1, Number.NaN)).toThrow(BpeError);
});
