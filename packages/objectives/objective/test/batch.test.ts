import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Objective,
  objectiveBatch,
  type Pair,
  packExamples,
  pair,
  pairAsSequence,
  type Sequence,
  sequence,
  splitDocuments,
  stackRows,
  targetCount,
} from "../src/index.js";

const causal = (ids: ArrayLike<number>): Sequence => sequence(Array.from(ids).slice(0, -1), Array.from(ids).slice(1));
const plain = (batch: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(batch).map(([key, value]) => [key, value.length >= 0 ? Array.from(value) : value]));

test("a row holds its documents one after the other, each with a segment and positions of its own", () => {
  const batch = stackRows([[causal([5, 6, 7]), sequence([8, 9], [1, -100], { open: 2 })], [causal([3, 4])]], {
    length: 6,
    padId: 0,
  });
  expect(plain(batch)).toEqual({
    inputs: [5, 6, 8, 9, 0, 0, 3, 0, 0, 0, 0, 0],
    targets: [6, 7, 1, -100, -100, -100, 4, -100, -100, -100, -100, -100],
    positions: [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    open: [0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0],
    segments: [1, 1, 2, 2, 0, 0, 1, 0, 0, 0, 0, 0],
    rows: 2,
    length: 6,
  });
  expect(targetCount(batch)).toBe(4);
});

test("without a length a row is as long as the longest needs", () => {
  expect(stackRows([[causal([1, 2])], [causal([1, 2, 3, 4])], []], { padId: 9 }).length).toBe(3);
});

test("a pair's decoder starts with the start token and sees each target one step late", () => {
  const { encoder, decoder } = pair([7, 8, 9], [4, 5], { startId: 0 });
  expect(Array.from(encoder.inputs)).toEqual([7, 8, 9]);
  expect(Array.from(encoder.open)).toEqual([1, 1, 1]);
  expect(targetCount(encoder)).toBe(0);
  expect(Array.from(decoder.inputs)).toEqual([0, 4]);
  expect(Array.from(decoder.targets)).toEqual([4, 5]);
  expect(Array.from(decoder.open)).toEqual([0, 0]);
  expect(pair([7], [], { startId: 0 }).decoder.inputs.length).toBe(0);
});

test("a pair as a sequence: the inputs are open, and their last token predicts the first target", () => {
  expect(plain(pairAsSequence(pair([7, 8], [4, 5, 1], { startId: 0 })))).toEqual({
    inputs: [7, 8, 4, 5],
    targets: [-100, 4, 5, 1],
    positions: [0, 1, 2, 3],
    open: [1, 1, 0, 0],
  });
  expect(() => pairAsSequence(pair([], [4], { startId: 0 }))).toThrow("nothing predicts the first target");
});

test("both sides of a batch of pairs hold the same document in the same row and segment", () => {
  const examples = [pair([1, 2, 3], [4], { startId: 0 }), pair([5], [6, 7], { startId: 0 })];
  const { encoder, decoder } = stackRows([examples], { length: 5, decoderLength: 4, padId: 0 });
  expect(Array.from(encoder.segments)).toEqual([1, 1, 1, 2, 0]);
  expect(Array.from(decoder.segments)).toEqual([1, 2, 2, 0]);
});

test("documents end with their separator", () => {
  const split = (ids: number[], separator?: number): number[][] =>
    splitDocuments(ids, separator).map((each) => Array.from(each));
  expect(split([1, 2, 0, 3, 0, 0, 4], 0)).toEqual([[1, 2, 0], [3, 0], [0], [4]]);
  expect(split([1, 2, 0], 0)).toEqual([[1, 2, 0]]);
  expect(split([1, 0, 2])).toEqual([[1, 0, 2]]);
  expect(split([], 0)).toEqual([]);
});

const noisy: Objective<Sequence> = (ids, random) =>
  sequence(
    Array.from(ids, () => random.integer(1000)),
    ids,
  );
const options = { seed: 1, step: 2, padId: 0 };

test("a batch repeats by seed and step, and differs otherwise", () => {
  const rows = [
    [1, 2, 3, 0, 4, 5],
    [6, 7, 8, 9, 0, 1],
  ];
  const inputs = (changed: object): number[] =>
    Array.from(objectiveBatch(noisy, rows, { ...options, ...changed }).inputs);
  expect(inputs({})).toEqual(inputs({}));
  for (const changed of [{ seed: 2 }, { step: 3 }, { firstRow: 2 }]) expect(inputs(changed)).not.toEqual(inputs({}));
});

test("a row is the same in whatever batch it stands: micro-batches and ranks divide one batch", () => {
  const rows = [
    [1, 2, 3],
    [4, 5, 6],
    [7, 8, 9],
  ];
  const all = objectiveBatch(noisy, rows, options);
  const second = objectiveBatch(noisy, rows.slice(1), { ...options, firstRow: 1 });
  expect(Array.from(all.inputs.subarray(3))).toEqual(Array.from(second.inputs));
});

test("the separator keeps documents apart", () => {
  const batch = objectiveBatch(noisy, [[1, 2, 0, 3, 4, 5]], { ...options, separator: 0 });
  expect(Array.from(batch.segments)).toEqual([1, 1, 1, 2, 2, 2]);
});

test("packing keeps every example, in rows that have room on both sides", () => {
  const side = fc.array(fc.nat(99), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.array(fc.tuple(side, side), { minLength: 1, maxLength: 20 }), (texts) => {
      const examples: Pair[] = texts.map(([inputs, targets]) => pair(inputs, targets, { startId: 0 }));
      const groups = packExamples(examples, { length: 12, decoderLength: 9 });
      expect(new Set(groups.flat())).toEqual(new Set(examples));
      const { encoder, decoder } = stackRows(groups, { length: 12, decoderLength: 9, padId: 0 });
      expect(targetCount(decoder)).toBe(texts.reduce((sum, [, targets]) => sum + targets.length, 0));
      expect(encoder.segments.filter((s) => s > 0).length).toBe(
        texts.reduce((sum, [inputs]) => sum + inputs.length, 0),
      );
      // First fit: no example of a later row would have fitted into an earlier one at its time, so at most one row in
      // two is less than half full on both sides.
      expect(groups.length).toBeLessThanOrEqual(examples.length);
    }),
  );
});

test("errors say what to change", () => {
  expect(() => sequence([1, 2], [1])).toThrow("2 inputs need as many targets (-100 where nothing is asked), got 1");
  expect(() => stackRows([[causal([1, 2, 3, 4])]], { length: 2, padId: 0 })).toThrow(
    "row 0 holds 3 tokens, but a row is 2 long",
  );
  expect(() => stackRows([[], []], { length: 2, padId: 0 })).toThrow("there is no example");
  expect(() => packExamples([causal([1, 2, 3, 4])], { length: 2 })).toThrow(
    "example 0 has 3 tokens, but a row is 2 long",
  );
  expect(() => packExamples([pair([1], [1, 2, 3], { startId: 0 })], { length: 2 })).toThrow("example 0 has 3 tokens");
});
