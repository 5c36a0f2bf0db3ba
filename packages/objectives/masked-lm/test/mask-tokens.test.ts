import { IGNORE, objectiveBatch } from "@llm/objective";
import { Random } from "@llm/random";
import { expectFrequencies } from "@llm/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type MaskTokensOptions, maskTokens } from "../src/index.js";

const MASK = 4;
const special = new Set([0, 1, 2, 3]);
const base = { maskId: MASK, vocabSize: 1000, special };
const texts = fc.array(fc.nat(999), { minLength: 1, maxLength: 60 });

test("15 % of the ordinary tokens are asked for, at least one, and nothing else is changed", () => {
  fc.assert(
    fc.property(texts, fc.nat(), (ids, seed) => {
      const { inputs, targets, open } = maskTokens(ids, { ...base, random: new Random(seed) });
      const ordinary = ids.filter((id) => id !== MASK && !special.has(id)).length;
      const asked = targets.filter((target) => target !== IGNORE).length;
      expect(asked).toBe(ordinary === 0 ? 0 : Math.max(1, Math.round(0.15 * ordinary)));
      for (let i = 0; i < ids.length; i++) {
        if (targets[i] === IGNORE) expect(inputs[i]).toBe(ids[i]);
        else expect(targets[i]).toBe(ids[i]);
      }
      expect(open.every((flag) => flag === 1)).toBe(true);
    }),
  );
});

test("special tokens are never asked for and never drawn", () => {
  const ids = Array.from({ length: 200 }, (_, i) => i % 10);
  for (let seed = 0; seed < 50; seed++) {
    const options = { maskId: MASK, vocabSize: 10, special, random: new Random(seed), rate: 1 };
    const { inputs, targets } = maskTokens(ids, { ...options, fates: { mask: 0.1, random: 0.9 } });
    for (let i = 0; i < ids.length; i++) {
      if ((ids[i] as number) < 5) expect([inputs[i], targets[i]]).toEqual([ids[i], IGNORE]);
      else if (inputs[i] !== MASK) expect(inputs[i]).toBeGreaterThan(4);
    }
  }
});

test("every token is chosen equally often; 80 / 10 / 10 of the chosen; drawn tokens are uniform", () => {
  const ids = Array.from({ length: 40 }, (_, i) => 1000 + i);
  const places = new Array(40).fill(0);
  const fates = [0, 0, 0];
  const drawn = new Array(20).fill(0);
  for (let seed = 0; seed < 6000; seed++) {
    const { inputs, targets } = maskTokens(ids, { maskId: 20, vocabSize: 21, random: new Random(seed) });
    for (let i = 0; i < 40; i++) {
      if (targets[i] === IGNORE) continue;
      places[i]++;
      const fate = inputs[i] === 20 ? 0 : inputs[i] === ids[i] ? 2 : 1;
      fates[fate] = (fates[fate] as number) + 1;
      if (fate === 1) drawn[inputs[i] as number]++;
    }
  }
  // 6 tokens a text, without replacement: counts vary less than independent ones, so this bound is never too strict.
  expectFrequencies(places, Array(40).fill(1 / 40));
  expectFrequencies(fates, [0.8, 0.1, 0.1]);
  expectFrequencies(drawn, Array(20).fill(1 / 20));
});

test("words are chosen whole or not at all, and never more tokens than the share allows", () => {
  const flags = fc.array(fc.boolean(), { minLength: 60, maxLength: 60 });
  fc.assert(
    fc.property(texts, flags, fc.nat(), (ids, starts, seed) => {
      const wordStarts = ids.map((_, i) => (starts[i] ? 1 : 0));
      const { targets } = maskTokens(ids, { ...base, random: new Random(seed), rate: 0.4, wordStarts });
      const isOrdinary = (i: number): boolean => ids[i] !== MASK && !special.has(ids[i] as number);
      for (let i = 1; i < ids.length; i++) {
        const continues = isOrdinary(i) && isOrdinary(i - 1) && !wordStarts[i];
        if (continues) expect(targets[i] === IGNORE).toBe(targets[i - 1] === IGNORE);
      }
      const ordinary = ids.filter((_, i) => isOrdinary(i)).length;
      const asked = targets.filter((target) => target !== IGNORE).length;
      expect(asked).toBeLessThanOrEqual(Math.max(1, Math.round(0.4 * ordinary)));
    }),
  );
});

test("tokens of one chosen word have fates of their own", () => {
  const wordStarts = [1, ...Array(999).fill(0)];
  const ids = Array.from({ length: 1000 }, () => 7);
  const { inputs } = maskTokens(ids, { ...base, random: new Random(3), rate: 1, wordStarts });
  const masked = inputs.filter((id) => id === MASK).length;
  const kept = inputs.filter((id) => id === 7).length;
  expectFrequencies([masked, 1000 - masked - kept, kept], [0.8, 0.1, 0.1]);
});

test("a batch repeats by seed, and a text that comes again is masked anew", () => {
  const objective = (ids: ArrayLike<number>, random: Random) => maskTokens(ids, { ...base, random });
  const row = Array.from({ length: 100 }, (_, i) => 10 + i);
  const batch = (step: number): unknown => objectiveBatch(objective, [row, row], { seed: 1, step, padId: 0 });
  expect(batch(0)).toEqual(batch(0));
  expect(batch(0)).not.toEqual(batch(1));
  const { targets } = batch(0) as { targets: Int32Array };
  expect(targets.subarray(0, 100)).not.toEqual(targets.subarray(100));
});

test("errors", () => {
  const run = (more: Partial<MaskTokensOptions>, ids = [5, 6, 7]) =>
    maskTokens(ids, { ...base, random: new Random(1), ...more });
  expect(() => run({ rate: 1.5 })).toThrow("rate must be from 0 to 1, got 1.5");
  expect(() => run({ rate: Number.NaN })).toThrow(RangeError);
  expect(() => run({ fates: { mask: 0.9, random: 0.2 } })).toThrow("shares that sum to at most 1");
  expect(() => run({ wordStarts: [1] })).toThrow("wordStarts needs a flag for each of 3 ids, got 1");
  expect(() => run({ vocabSize: 5, rate: 1, fates: { mask: 0, random: 1 } })).toThrow(
    "nearly all of the 5 ids are special",
  );
  expect(run({ rate: 0 }).targets.every((target) => target === IGNORE)).toBe(true);
});
