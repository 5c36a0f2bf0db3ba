import { Random } from "@llm/random";
import { expectFrequencies, readFixture } from "@llm/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { corruptedLengths, noiseCounts, randomSpansNoiseMask, tokensToFill } from "../src/index.js";

type Case = [
  length: number,
  rate: number,
  meanSpan: number,
  noise: number,
  spans: number,
  inputs: number,
  targets: number,
];
type Fill = [inputs: number, rate: number, meanSpan: number, tokens: number, targets: number];
const { cases, fills } = readFixture<{ cases: Case[]; fills: Fill[] }>(import.meta.url, "fixtures/lengths.json");

test("counts and lengths are those of Python's rounding", () => {
  for (const [length, rate, meanSpan, noise, spans, inputs, targets] of cases) {
    expect([length, rate, meanSpan, noiseCounts(length, { rate, meanSpan })]).toEqual([
      length,
      rate,
      meanSpan,
      { noise, spans },
    ]);
    expect(corruptedLengths(length, { rate, meanSpan })).toEqual({ inputs, targets });
  }
  for (const [inputs, rate, meanSpan, tokens, targets] of fills) {
    expect([inputs, tokensToFill({ inputs }, { rate, meanSpan })]).toEqual([inputs, { tokens, targets }]);
  }
});

test("T5: 512 inputs hold 568 tokens and have 114 targets, 1024 hold 1137 and have 229", () => {
  expect(tokensToFill({ inputs: 512 })).toEqual({ tokens: 568, targets: 114 });
  expect(tokensToFill({ inputs: 1024 })).toEqual({ tokens: 1137, targets: 229 });
  const both = tokensToFill({ inputs: 512, targets: 100 });
  expect(corruptedLengths(both.tokens).targets).toBeLessThanOrEqual(100);
  expect(corruptedLengths(both.tokens + 1).targets).toBeGreaterThan(100);
});

/** Lengths of the runs of a mask: kept, noise, kept, noise … */
function runs(mask: Uint8Array): number[] {
  const lengths: number[] = [];
  for (let i = 0; i < mask.length; i++) {
    if (i === 0 || mask[i] !== mask[i - 1]) lengths.push(0);
    lengths[lengths.length - 1] = (lengths.at(-1) as number) + 1;
  }
  return lengths;
}

test("the mask has exactly the counted noise in exactly the counted spans, and starts with what is kept", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 300 }),
      fc.double({ min: 0.01, max: 0.99, noNaN: true }),
      fc.double({ min: 1, max: 70, noNaN: true }),
      fc.nat(),
      (length, rate, meanSpan, seed) => {
        const mask = randomSpansNoiseMask(length, { random: new Random(seed), rate, meanSpan });
        const { noise, spans } = noiseCounts(length, { rate, meanSpan });
        expect(mask.length).toBe(length);
        expect(mask.reduce((a, b) => a + b, 0)).toBe(noise);
        if (length < 2) return;
        expect(mask[0]).toBe(0);
        expect(mask[length - 1]).toBe(1);
        expect(runs(mask).length).toBe(2 * spans);
      },
    ),
  );
});

test("every way to split is equally likely", () => {
  // 12 tokens, 5 noise in 2 spans: 4 splits of the noise × 6 of what is kept.
  const seen = new Map<string, number>();
  for (let seed = 0; seed < 4800; seed++) {
    const key = runs(randomSpansNoiseMask(12, { random: new Random(seed), rate: 0.4, meanSpan: 2.5 })).join();
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  expect(seen.size).toBe(24);
  expectFrequencies([...seen.values()], Array(24).fill(1 / 24));
});

test("the rate and the mean length are met on the whole", () => {
  const { noise, spans } = noiseCounts(568);
  expect([noise, spans]).toEqual([85, 28]);
  expect(Math.abs(noise / 568 - 0.15)).toBeLessThan(0.5 / 568);
  expect(Math.abs(noise / spans - 3)).toBeLessThan(3 / (2 * spans) + 0.01);
});

test("one span at the end is the case of an infinite mean", () => {
  const mask = randomSpansNoiseMask(100, { random: new Random(1), rate: 0.25, meanSpan: Number.POSITIVE_INFINITY });
  expect(runs(mask)).toEqual([75, 25]);
});

test("errors", () => {
  expect(() => noiseCounts(10, { rate: 0 })).toThrow("rate must be between 0 and 1, got 0");
  expect(() => noiseCounts(10, { rate: Number.NaN })).toThrow(RangeError);
  expect(() => noiseCounts(10, { meanSpan: 0.5 })).toThrow("meanSpan must be at least 1");
  expect(() => noiseCounts(-1)).toThrow("whole number of tokens, got -1");
  expect(() => tokensToFill({ inputs: 2 })).toThrow("inputs of 2 and targets of Infinity are too short");
});
