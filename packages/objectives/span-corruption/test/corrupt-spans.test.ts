import { attentionPattern, crossAttentionPattern, objectiveBatch, packExamples, stackRows } from "@llm/objective";
import { Random } from "@llm/random";
import fc from "fast-check";
import { expect, test } from "vitest";
import { corruptedLengths, corruptSpans, replaceSpans, restoreSpans } from "../src/index.js";

const tokens = { sentinels: { first: 32099, count: 100 }, endId: 1, startId: 0 };
const text = fc.array(fc.integer({ min: 2, max: 31999 }), { minLength: 1, maxLength: 200 });

test("the example of the paper", () => {
  // thank you for inviting me to your party last week
  const ids = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19];
  const { inputs, targets } = replaceSpans(ids, [0, 0, 1, 1, 0, 0, 0, 0, 1, 0], tokens);
  expect(inputs).toEqual([10, 11, 32099, 14, 15, 16, 17, 32098, 19, 1]);
  expect(targets).toEqual([32099, 12, 13, 32098, 18, 1]);
});

test("inputs and targets restore the text, and have the lengths that were announced", () => {
  fc.assert(
    fc.property(text, fc.nat(), fc.double({ min: 0.02, max: 0.6, noNaN: true }), (ids, seed, rate) => {
      const options = { rate, meanSpan: 3 };
      const { encoder, decoder } = corruptSpans(ids, { ...tokens, ...options, random: new Random(seed), prefix: [5] });
      const restored = restoreSpans({ inputs: encoder.inputs, targets: decoder.targets }, tokens);
      expect(restored).toEqual([5, ...ids]);
      const lengths = corruptedLengths(ids.length, options);
      expect([encoder.inputs.length - 1, decoder.targets.length]).toEqual([lengths.inputs, lengths.targets]);
      expect(Array.from(decoder.inputs)).toEqual([0, ...decoder.targets.slice(0, -1)]);
    }),
  );
});

test("sentinels descend in the order of the text, the same on both sides", () => {
  const { encoder, decoder } = corruptSpans(Array(300).fill(7), { ...tokens, random: new Random(2) });
  const found = [encoder.inputs, decoder.targets].map((ids) => Array.from(ids.filter((id) => id > 31999)));
  expect(found[0]).toEqual(Array.from({ length: 15 }, (_, i) => 32099 - i));
  expect(found[1]).toEqual(found[0]);
});

test("a model's answer that forgets a span or adds one restores what it can", () => {
  const inputs = [10, 32099, 14, 32098, 19, 1];
  expect(restoreSpans({ inputs, targets: [32099, 12, 13, 1, 99] }, tokens)).toEqual([10, 12, 13, 14, 19]);
  expect(restoreSpans({ inputs, targets: [8, 32098, 5, 32000, 6] }, tokens)).toEqual([10, 14, 5, 19]);
});

test("packed pairs: the decoder of a document sees the encoder of that document alone", () => {
  const examples = [40, 25, 33, 12].map((n, i) =>
    corruptSpans(
      Array.from({ length: n }, (_, k) => 100 + k),
      { ...tokens, random: new Random(i) },
    ),
  );
  const batch = stackRows(packExamples(examples, { length: 64, decoderLength: 32 }), {
    length: 64,
    decoderLength: 32,
    padId: 0,
  });
  expect(batch.encoder.rows).toBeLessThan(4);
  const cross = crossAttentionPattern(batch);
  for (let i = 0; i < batch.decoder.rows * 32; i++) {
    for (let j = 0; j < 64; j++) {
      const own = batch.encoder.segments[Math.floor(i / 32) * 64 + j] === batch.decoder.segments[i];
      expect(cross[i * 64 + j]).toBe(own ? 1 : 0);
    }
  }
  // The encoder is bidirectional inside of a document.
  expect(attentionPattern(batch.encoder)[examples[0]!.encoder.inputs.length - 1]).toBe(1);
});

test("a batch repeats by seed, and changes with the step", () => {
  const rows = [Array.from({ length: 80 }, (_, i) => 100 + i)];
  const batch = (step: number): unknown =>
    objectiveBatch((ids, random) => corruptSpans(ids, { ...tokens, random }), rows, { seed: 9, step, padId: 0 });
  expect(batch(1)).toEqual(batch(1));
  expect(batch(1)).not.toEqual(batch(2));
});

test("errors", () => {
  const random = new Random(1);
  expect(() => corruptSpans(Array(2020).fill(5), { ...tokens, random })).toThrow(
    "2020 tokens have more than 100 spans, the number of sentinels",
  );
  expect(() => corruptSpans([5, 32050, 6], { ...tokens, random })).toThrow(
    "the text holds the sentinel 32050 at position 1",
  );
});
