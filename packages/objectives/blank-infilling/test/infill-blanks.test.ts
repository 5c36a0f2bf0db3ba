import { causalLm } from "@llm/causal-lm";
import { attentionPattern, objectiveBatch, stackRows } from "@llm/objective";
import { Random } from "@llm/random";
import { expectFrequencies } from "@llm/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { infillBlanks, layOutBlanks, restoreBlanks, tokensToInfill } from "../src/index.js";

const tokens = { maskId: 1001, documentMaskId: 1002, startId: 1003, endId: 1004 };
const text = fc.array(fc.nat(999), { minLength: 1, maxLength: 80 });
const count = (values: ArrayLike<number>, id: number): number =>
  Array.from(values).filter((each) => each === id).length;

test("figure 2 of the paper: x3 and x5 x6 are blank, the second is filled in first", () => {
  const blanks = [
    { start: 2, length: 1 },
    { start: 4, length: 2 },
  ];
  const example = layOutBlanks([1, 2, 3, 4, 5, 6], blanks, { ...tokens, order: [1, 0] });
  const [M, S, E] = [tokens.maskId, tokens.startId, tokens.endId];
  expect(Array.from(example.inputs)).toEqual([1, 2, M, 4, M, S, 5, 6, S, 3]);
  expect(Array.from(example.targets)).toEqual([-100, -100, -100, -100, -100, 5, 6, E, 3, E]);
  expect(Array.from(example.positions)).toEqual([0, 1, 2, 3, 4, 4, 4, 4, 2, 2]);
  expect(Array.from(example.blockPositions as Int32Array)).toEqual([0, 0, 0, 0, 0, 1, 2, 3, 1, 2]);
  expect(Array.from(example.open)).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0, 0]);
});

test("part A sees itself and not B; part B is causal and sees A", () => {
  fc.assert(
    fc.property(text, fc.nat(), (ids, seed) => {
      const example = infillBlanks(ids, { ...tokens, random: new Random(seed) });
      const length = example.inputs.length;
      const partA = example.open.reduce((a, b) => a + b, 0);
      const allowed = attentionPattern(stackRows([[example]], { padId: 0 }));
      for (let i = 0; i < length; i++) {
        for (let j = 0; j < length; j++) {
          const expected = i < partA ? j < partA : j < partA || j <= i;
          expect(allowed[i * length + j]).toBe(expected ? 1 : 0);
        }
      }
    }),
    { numRuns: 30 },
  );
});

test("the text can be restored, whatever was blank", () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (ids, seed, documentShare) => {
      const example = infillBlanks(ids, { ...tokens, documentShare, random: new Random(seed) });
      expect(restoreBlanks(example)).toEqual(ids);
    }),
  );
});

test("a blank of the whole text is causal language modelling", () => {
  fc.assert(
    fc.property(text, fc.nat(), (ids, seed) => {
      const random = new Random(seed);
      const example = infillBlanks(ids, { ...tokens, random, documentShare: 1, shares: [1, 1] });
      // The same text as a causal model reads it: mask and start are its prompt.
      const causal = causalLm([tokens.documentMaskId, tokens.startId, ...ids, tokens.endId]);
      expect(example.inputs).toEqual(causal.inputs);
      expect(Array.from(example.targets.subarray(1))).toEqual(Array.from(causal.targets.subarray(1)));
      expect(example.targets[0]).toBe(-100);
      const patterns = [example, causal].map((each) => attentionPattern(stackRows([[each]], { padId: 0 })));
      expect(patterns[0]).toEqual(patterns[1]);
      // The first position is the same for all of the blank, so only the second one tells tokens apart: 1, 2, 3 …
      expect(new Set(example.positions).size).toBe(1);
      expect(example.blockPositions).toEqual(causal.positions);
    }),
  );
});

test("long blanks have the mask of documents, short ones the other", () => {
  const ids = Array.from({ length: 50 }, (_, i) => i);
  const long = infillBlanks(ids, { ...tokens, documentShare: 1, random: new Random(1) });
  expect([count(long.inputs, tokens.documentMaskId), count(long.inputs, tokens.maskId)]).toEqual([1, 0]);
  const short = infillBlanks(ids, { ...tokens, documentShare: 0, random: new Random(1) });
  expect(count(short.inputs, tokens.documentMaskId)).toBe(0);
  expect(count(short.inputs, tokens.maskId)).toBe(count(short.inputs, tokens.startId));
  const { documentMaskId: _, ...one } = tokens;
  expect(count(infillBlanks(ids, { ...one, documentShare: 1, random: new Random(1) }).inputs, tokens.maskId)).toBe(1);
});

test("sentences have a mask of their own, and fit into the length as short spans do", () => {
  const length = 64;
  const ids = Array.from({ length: tokensToInfill(length) }, (_, i) => i);
  // Sentences of one token are as many blanks as there can be.
  const sentenceStarts = ids.map((_, i) => (i % 2 === 0 || i % 3 === 0 ? 1 : 0));
  const options = { ...tokens, sentenceMaskId: 1005, sentenceShare: 1, sentenceStarts };
  for (let seed = 0; seed < 200; seed++) {
    const example = infillBlanks(ids, { ...options, random: new Random(seed) });
    expect(count(example.inputs, 1005)).toBe(count(example.inputs, tokens.startId));
    expect(count(example.inputs, tokens.maskId) + count(example.inputs, tokens.documentMaskId)).toBe(0);
    expect(example.inputs.length).toBeLessThanOrEqual(length);
    expect(restoreBlanks(example)).toEqual(ids);
  }
});

test("the three kinds come as often as their shares say", () => {
  const counts = [0, 0, 0];
  const kinds = [tokens.maskId, 1005, tokens.documentMaskId];
  const mixed = {
    ...tokens,
    sentenceMaskId: 1005,
    sentenceShare: 0.3,
    documentShare: 0.2,
    sentenceStarts: [1, 0, 1, 0],
  };
  for (let seed = 0; seed < 4000; seed++) {
    const { inputs } = infillBlanks([1, 2, 3, 4], { ...mixed, random: new Random(seed) });
    const which = kinds.findIndex((id) => inputs.includes(id));
    counts[which] = (counts[which] as number) + 1;
  }
  expectFrequencies(counts, [0.5, 0.3, 0.2]);
});

test("the longest text that surely fits does, and not one of them is wasted", () => {
  for (const length of [3, 4, 10, 64, 128, 512]) {
    const n = tokensToInfill(length);
    expect(n + 2 * Math.ceil(0.15 * n)).toBeLessThanOrEqual(length);
    expect(n + 1 + 2 * Math.ceil(0.15 * (n + 1))).toBeGreaterThan(length);
    for (let seed = 0; seed < 200; seed++) {
      const { inputs } = infillBlanks(new Int32Array(n), { ...tokens, random: new Random(seed) });
      expect(inputs.length).toBeLessThanOrEqual(length);
    }
  }
  expect(() => tokensToInfill(2)).toThrow("2 tokens are too few for a text with a blank");
});

test("packed documents keep their blanks apart, and batches repeat by seed", () => {
  const objective = (ids: ArrayLike<number>, random: Random) => infillBlanks(ids, { ...tokens, random });
  const row = [...Array.from({ length: 20 }, (_, i) => i + 1), 0, ...Array.from({ length: 20 }, (_, i) => i + 100), 0];
  const batch = (step: number) =>
    objectiveBatch(objective, [row], { seed: 4, step, padId: 0, separator: 0, length: 64 });
  expect(batch(1)).toEqual(batch(1));
  expect(batch(1)).not.toEqual(batch(2));
  const { segments, blockPositions, length } = batch(1);
  expect(blockPositions?.length).toBe(64);
  expect(new Set(segments)).toEqual(new Set([0, 1, 2]));
  const allowed = attentionPattern(batch(1));
  for (let i = 0; i < length; i++) {
    for (let j = 0; j < length; j++) if (segments[i] !== segments[j]) expect(allowed[i * length + j]).toBe(0);
  }
});

test("errors", () => {
  const random = new Random(1);
  expect(() => infillBlanks([], { ...tokens, random })).toThrow("a text has at least 1 token, got 0");
  expect(() => infillBlanks([1], { ...tokens, random, documentShare: 2 })).toThrow("documentShare must be from 0 to 1");
  const half = { ...tokens, random, sentenceShare: 0.7 };
  expect(() => infillBlanks([1], half)).toThrow("sentenceStarts needs a flag for each of 1 ids, got none");
  expect(() => infillBlanks([1], { ...half, sentenceStarts: [1, 1] })).toThrow("for each of 1 ids, got 2");
  expect(() => infillBlanks([1], { ...half, sentenceStarts: [1], documentShare: 0.5 })).toThrow("must not exceed 1");
  const overlapping = [
    { start: 2, length: 2 },
    { start: 3, length: 1 },
  ];
  expect(() => layOutBlanks([1, 2, 3, 4], overlapping, tokens)).toThrow(
    "blanks must stand in order within the 4 tokens",
  );
  expect(() => restoreBlanks(causalLm([1, 2]))).toThrow("has no blockPositions");
});
