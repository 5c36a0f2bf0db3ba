import { causalLm } from "@llm/causal-lm";
import { attentionPattern, objectiveBatch, stackRows, targetCount } from "@llm/objective";
import { Random } from "@llm/random";
import { expectFrequencies } from "@llm/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { prefixLm, prefixPair } from "../src/index.js";

const text = fc.array(fc.nat(999), { minLength: 2, maxLength: 30 });

test("the last token of the prefix predicts the first behind it; the prefix is open", () => {
  const { inputs, targets, open, positions } = prefixLm([10, 11, 12, 13, 14], { prefix: 3 });
  expect(Array.from(inputs)).toEqual([10, 11, 12, 13]);
  expect(Array.from(targets)).toEqual([-100, -100, 13, 14]);
  expect(Array.from(open)).toEqual([1, 1, 1, 0]);
  expect(Array.from(positions)).toEqual([0, 1, 2, 3]);
});

test("an empty prefix is causal language modelling", () => {
  fc.assert(
    fc.property(text, (ids) => {
      expect(prefixLm(ids, { prefix: 0 })).toEqual(causalLm(ids));
      // One token is seen by the later ones anyway.
      const [one, none] = [prefixLm(ids, { prefix: 1 }), causalLm(ids)].map((example) =>
        stackRows([[example]], { padId: 0 }),
      );
      if (!one || !none) throw new Error("two batches");
      expect(one.targets).toEqual(none.targets);
      expect(attentionPattern(one)).toEqual(attentionPattern(none));
    }),
  );
});

test("no position sees its answer, and together prefix and targets are the text", () => {
  fc.assert(
    fc.property(text, fc.nat(), (ids, n) => {
      const prefix = n % (ids.length + 1);
      const example = prefixLm(ids, { prefix });
      const length = example.inputs.length;
      const allowed = attentionPattern(stackRows([[example]], { padId: 0 }));
      for (let i = 0; i < length; i++) {
        if (example.targets[i] === -100) continue;
        expect(example.targets[i]).toBe(ids[i + 1]);
        if (i + 1 < length) expect(allowed[i * length + i + 1]).toBe(0);
      }
      expect(targetCount(example)).toBe(ids.length - Math.max(1, prefix));
    }),
  );
});

test("prefixes are uniform from 1 to n − 1, and repeat by seed", () => {
  const counts = [0, 0, 0, 0, 0, 0, 0];
  for (let seed = 0; seed < 7000; seed++) {
    const { open } = prefixLm([0, 1, 2, 3, 4, 5, 6, 7], { random: new Random(seed) });
    const length = open.reduce((a, b) => a + b, 0);
    counts[length - 1] = (counts[length - 1] as number) + 1;
  }
  expectFrequencies(counts, Array(7).fill(1 / 7));
  const draw = (seed: number): unknown => prefixLm([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], { random: new Random(seed) });
  expect(draw(5)).toEqual(draw(5));
});

test("for an encoder-decoder, one side reads the prefix and the other writes the rest", () => {
  const { encoder, decoder } = prefixPair([10, 11, 12, 13, 14], { prefix: 3, startId: 0 });
  expect([encoder.inputs, encoder.open].map((each) => Array.from(each))).toEqual([
    [10, 11, 12],
    [1, 1, 1],
  ]);
  expect([decoder.inputs, decoder.targets].map((each) => Array.from(each))).toEqual([
    [0, 13],
    [13, 14],
  ]);
  // The prefix is drawn as that of the decoder's form is.
  fc.assert(
    fc.property(text, fc.nat(), (ids, seed) => {
      const draw = () => ({ random: new Random(seed) });
      const two = prefixPair(ids, { ...draw(), startId: 1000 });
      expect(two.encoder.inputs.length).toBe(prefixLm(ids, draw()).open.reduce((a, b) => a + b, 0));
      expect([...two.encoder.inputs, ...two.decoder.targets]).toEqual(ids);
    }),
  );
});

test("packed documents have a prefix each", () => {
  const batch = objectiveBatch((ids, random) => prefixLm(ids, { random }), [[1, 2, 3, 0, 4, 5, 6, 7]], {
    seed: 1,
    step: 0,
    padId: 0,
    separator: 0,
  });
  expect(Array.from(batch.segments)).toEqual([1, 1, 1, 2, 2, 2]);
  expect([batch.open[0], batch.open[3]]).toEqual([1, 1]);
});

test("errors", () => {
  expect(() => prefixLm([1], { prefix: 0 })).toThrow("a text needs 2 tokens to predict one, got 1");
  expect(() => prefixLm([1, 2], { prefix: 3 })).toThrow("prefix must be a whole number from 0 to 2");
  expect(() => prefixLm([1, 2], { prefix: 0.5 })).toThrow(RangeError);
  expect(() => prefixPair([1], { prefix: 1, startId: 0 })).toThrow("a text needs 2 tokens, one for each side, got 1");
  for (const prefix of [0, 2, 0.5]) {
    expect(() => prefixPair([1, 2], { prefix, startId: 0 })).toThrow("prefix must be a whole number from 1 to 1");
  }
  expect(() => prefixLm([1, 2], {})).toThrow("give the length of the prefix, or a random stream");
});
