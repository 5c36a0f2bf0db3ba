import { expect, test, vi } from "vitest";
import { BPE, trainBpe } from "../src/index.js";
import { PairMap } from "../src/pair-map.js";

// Steps, not seconds: look-ups in the table of pairs are what encoding consists of, and counting them cannot flake.
function lookUps(bpe: BPE, text: string): number {
  const get = vi.spyOn(PairMap.prototype, "get");
  try {
    bpe.encode(text);
    return get.mock.calls.length;
  } finally {
    get.mockRestore();
  }
}

const doubling = trainBpe([["a".repeat(4096), 10]], { vocabSize: 256 + 10 });
const words = trainBpe(
  [
    ["abcabdabe", 5],
    ["bcdbce", 4],
    ["cab", 3],
  ],
  { vocabSize: 256 + 12 },
);

test.each([
  ["equal characters", doubling, (n: number) => "a".repeat(n)],
  ["a short period", words, (n: number) => "abcabdabebcd".repeat(n / 12)],
])("a piece four times as long takes four times the look-ups: %s", (_, { merges }, text) => {
  const bpe = BPE.fromMerges(merges);
  const small = lookUps(bpe, text(12_000));
  const large = lookUps(bpe, text(48_000));
  expect(small).toBeGreaterThan(12_000);
  expect(large / small).toBeLessThan(4.2); // quadratic: 16
  expect(large).toBeLessThan(4 * 48_000); // one a symbol, and at most two a join
});

/** Milliseconds for the text, the best of five. */
function fastest(bpe: BPE, text: string): number {
  const times = Array.from({ length: 5 }, () => {
    const start = performance.now();
    bpe.encode(text);
    return performance.now() - start;
  });
  return Math.min(...times);
}

test("a million equal characters as one piece take seconds at most, and come back", () => {
  const bpe = BPE.fromMerges(doubling.merges);
  // First four times the length for (about) four times the time, so that a quadratic loop fails here and does not hang below.
  expect(fastest(bpe, "a".repeat(80_000)) / fastest(bpe, "a".repeat(20_000))).toBeLessThan(10); // quadratic: 16
  const text = "a".repeat(1_000_000);
  const start = performance.now();
  const ids = bpe.encode(text);
  expect(performance.now() - start).toBeLessThan(10_000); // about 0.4 s; a quadratic loop takes an hour
  expect(ids.length).toBe(Math.floor(1_000_000 / 1024) + 2); // 976 × 1024, then 576 = 512 + 64
  expect(bpe.decode(ids)).toBe(text);
});

test("training on one piece of a million characters visits what changes only", () => {
  const start = performance.now();
  const { tokens } = trainBpe([["ab".repeat(500_000), 1]], { vocabSize: 4096 });
  expect(performance.now() - start).toBeLessThan(20_000);
  expect(tokens.at(-1)!.length).toBeGreaterThan(100_000); // merges double until the pair is unique
});
