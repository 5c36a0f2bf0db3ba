import { attentionPattern, objectiveBatch, pairAsSequence } from "@llm/objective";
import { Random } from "@llm/random";
import { restoreSpans } from "@llm/span-corruption";
import { expectFrequencies } from "@llm/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { chooseDenoiser, denoise, ul2Denoisers } from "../src/index.js";

const tokens = { sentinels: { first: 32099, count: 1000 }, endId: 1, startId: 0 };
const modeTokens = { R: 40000, S: 40001, X: 40002 };
const text = fc.array(fc.integer({ min: 2, max: 31000 }), { minLength: 1, maxLength: 300 });

test("the seven denoisers of the paper's table", () => {
  expect(ul2Denoisers.map(({ mode, meanSpan, rate }) => [mode, meanSpan, rate])).toEqual([
    ["R", 3, 0.15],
    ["R", 8, 0.15],
    ["S", Number.POSITIVE_INFINITY, 0.25],
    ["X", 3, 0.5],
    ["X", 8, 0.5],
    ["X", 64, 0.15],
    ["X", 64, 0.5],
  ]);
});

test("whatever denoiser is drawn, its mode is named and the text can be restored", () => {
  fc.assert(
    fc.property(text, fc.nat(), (ids, seed) => {
      const { encoder, decoder } = denoise(ids, { ...tokens, modeTokens, random: new Random(seed) });
      const [mode, ...restored] = restoreSpans({ inputs: encoder.inputs, targets: decoder.targets }, tokens);
      expect(Object.values(modeTokens)).toContain(mode);
      expect(restored).toEqual(ids);
    }),
  );
});

test("each denoiser leaves its share and its number of spans", () => {
  const ids = Array.from({ length: 512 }, () => 7);
  for (const denoiser of ul2Denoisers) {
    const { encoder, decoder } = denoise(ids, { ...tokens, random: new Random(1), denoisers: [denoiser] });
    const spans = encoder.inputs.filter((id) => id > 31099 && id <= 32099).length;
    const noise = decoder.targets.length - spans - 1;
    expect(noise).toBe(Math.round(512 * denoiser.rate));
    expect(spans).toBe(Math.max(1, Math.round(noise / denoiser.meanSpan)));
    if (denoiser.mode !== "S") continue;
    // Sequential: the span is the end of the text.
    expect(Array.from(encoder.inputs.subarray(384))).toEqual([32099, 1]);
  }
});

test("denoisers are drawn as often as their weights say", () => {
  const mixture = ul2Denoisers.map((each, i) => ({ ...each, weight: i }));
  const counts = (denoisers: typeof mixture | typeof ul2Denoisers): number[] => {
    const random = new Random(8);
    const seen = denoisers.map(() => 0);
    for (let i = 0; i < 7000; i++) {
      const which = denoisers.indexOf(chooseDenoiser(denoisers, random) as never);
      seen[which] = (seen[which] as number) + 1;
    }
    return seen;
  };
  expectFrequencies(counts(ul2Denoisers), Array(7).fill(1 / 7));
  const weighted = counts(mixture);
  expect(weighted[0]).toBe(0);
  expectFrequencies(
    weighted.slice(1),
    [1, 2, 3, 4, 5, 6].map((w) => w / 21),
  );
});

test("for a decoder alone the inputs are an open prefix, and nothing else is", () => {
  const objective = (ids: ArrayLike<number>, random: Random) =>
    pairAsSequence(denoise(ids, { ...tokens, modeTokens, random }));
  const row = Array.from({ length: 60 }, (_, i) => 100 + i);
  const batch = objectiveBatch(objective, [row], { seed: 3, step: 0, padId: 0 });
  const prefix = batch.open.reduce((a, b) => a + b, 0);
  expect(batch.inputs[prefix - 1]).toBe(1);
  const allowed = attentionPattern(batch);
  for (let i = 0; i < batch.length; i++) {
    for (let j = 0; j < batch.length; j++) expect(allowed[i * batch.length + j]).toBe(j <= i || j < prefix ? 1 : 0);
  }
  expect(batch.targets[prefix - 1]).toBe(32099);
});

test("errors", () => {
  const random = new Random(1);
  expect(() => chooseDenoiser([], random)).toThrow("weights must be numbers ≥ 0, not all of them 0, got []");
  expect(() => chooseDenoiser([{ mode: "R", meanSpan: 3, rate: 0.15, weight: -1 }], random)).toThrow("got [-1]");
  expect(() => chooseDenoiser([{ mode: "R", meanSpan: 3, rate: 0.15, weight: Number.NaN }], random)).toThrow(
    RangeError,
  );
});
