import { readFileSync } from "node:fs";
import { Random, withRandom } from "@llm/random";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { applyTemperature, greedy, minP, repetitionPenalty, sample, softmax, topK, topP } from "../src/index.js";

type Row = (number | null)[];
interface Case {
  logits: number[];
  softmax: number[];
  greedy: number;
  temperature: Record<string, Row>;
  topK: Record<string, Row>;
  topP: Record<string, Row>;
  minP: Record<string, Row>;
  history: number[];
  repetitionPenalty: Record<string, Row>;
  chain: Row;
}
const cases = JSON.parse(readFileSync(new URL("fixtures/torch.json", import.meta.url), "utf8")) as Case[];

/** Two float32 roundings apart at most; removed tokens must be the same ones exactly. */
function expectRow(actual: Float32Array, expected: Row): void {
  expect(Array.from(actual, (x) => x === Number.NEGATIVE_INFINITY)).toEqual(expected.map((x) => x === null));
  expected.forEach((x, i) => {
    if (x !== null) expect(Math.abs((actual[i] as number) - x)).toBeLessThanOrEqual(2.4e-7 * Math.abs(x));
  });
}

describe.each(cases)("PyTorch's values, case %#", (c) => {
  const logits = Float32Array.from(c.logits);
  test("softmax and greedy", () => {
    // PyTorch subtracts the maximum in float32: exponents up to 32 are off by 2^-20 ≈ 1e-6, and so is exp of them.
    softmax(logits).forEach((p, i) => {
      expect(Math.abs(p - (c.softmax[i] as number))).toBeLessThanOrEqual(4e-6 * (c.softmax[i] as number));
    });
    expect(greedy(logits)).toBe(c.greedy);
  });
  test.each([
    ["temperature", (x: number) => applyTemperature(logits, x)],
    ["topK", (x: number) => topK(logits, x)],
    ["topP", (x: number) => topP(logits, x)],
    ["minP", (x: number) => minP(logits, x)],
    ["repetitionPenalty", (x: number) => repetitionPenalty(logits, c.history, x)],
  ] as const)("%s", (name, filter) => {
    for (const [option, expected] of Object.entries(c[name])) expectRow(filter(Number(option)), expected);
  });
  test("a chain of them", () => {
    const penalized = repetitionPenalty(logits, c.history, 1.2);
    expectRow(topP(topK(applyTemperature(penalized, 0.8), 20), 0.9), c.chain);
  });
});

describe("ties and edges", () => {
  const removed = Number.NEGATIVE_INFINITY;
  test("topK keeps exactly k, the lowest ids of equal logits", () => {
    expect([...topK(Float32Array.of(1, 2, 1, 2, 1), 3)]).toEqual([1, 2, removed, 2, removed]);
    expect([...topK(Float32Array.of(1, 1, 1, 1), 2)]).toEqual([1, 1, removed, removed]);
    expect([...topK(Float32Array.of(1, 2), 99)]).toEqual([1, 2]);
    expect([...topK(Float32Array.of(removed, 2, removed), 2)]).toEqual([removed, 2, removed]);
  });
  test("topP keeps the smallest set; p = 0 the most probable, p = 1 all", () => {
    const logits = Float32Array.from([0.5, 0.25, 0.125, 0.125], Math.log);
    const kept = (p: number) => Array.from(topP(logits, p), (x) => x !== removed);
    expect(kept(0)).toEqual([true, false, false, false]);
    expect(kept(0.49)).toEqual([true, false, false, false]);
    expect(kept(0.51)).toEqual([true, true, false, false]);
    expect(kept(0.8)).toEqual([true, true, true, false]);
    expect(kept(1)).toEqual([true, true, true, true]);
  });
  test("minP: 0 keeps all that are left, 1 the most probable", () => {
    const logits = Float32Array.of(0, -1, removed);
    expect([...minP(logits, 0)]).toEqual([0, -1, removed]);
    expect([...minP(logits, 1)]).toEqual([0, removed, removed]);
  });
  test("a penalty counts each id once and makes negative logits more negative", () => {
    expect([...repetitionPenalty(Float32Array.of(2, -2, 2), [0, 0, 1], 2)]).toEqual([1, -4, 2]);
  });
});

describe("properties", () => {
  const anyLogits = fc
    .array(fc.float({ min: -30, max: 30, noNaN: true }), { minLength: 1, maxLength: 60 })
    .map((x) => Float32Array.from(x));
  const kept = (x: Float32Array) => [...x.keys()].filter((i) => x[i] !== Number.NEGATIVE_INFINITY);

  test("topK and topP equal their definition by a full sort", () => {
    fc.assert(
      fc.property(
        anyLogits,
        fc.integer({ min: 1, max: 70 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (logits, k, p) => {
          const order = [...logits.keys()].sort((a, b) => (logits[b] as number) - (logits[a] as number) || a - b);
          expect(kept(topK(logits, k))).toEqual(order.slice(0, k).sort((a, b) => a - b));
          const weight = (i: number) => Math.exp((logits[i] as number) - (logits[order[0] as number] as number));
          const total = [...logits.keys()].reduce((sum, i) => sum + weight(i), 0);
          let [count, sum] = [0, 0];
          do sum += weight(order[count++] as number);
          while (sum < p * total && count < order.length);
          expect(kept(topP(logits, p === 1 ? 0 : p))).toEqual(
            order.slice(0, p === 1 ? 1 : count).sort((a, b) => a - b),
          );
        },
      ),
    );
  });

  test("filters change nothing but what they remove, leave their input alone, and repeat without effect", () => {
    const filters = [(x: Float32Array) => topK(x, 5), (x: Float32Array) => minP(x, 0.05)];
    fc.assert(
      fc.property(anyLogits, (logits) => {
        const before = logits.slice();
        for (const filter of [...filters, (x: Float32Array) => topP(x, 0.8)]) {
          const once = filter(logits);
          expect(logits).toEqual(before);
          expect(kept(once)).toContain(greedy(logits));
          for (const i of kept(once)) expect(once[i]).toBe(logits[i]);
        }
        for (const filter of filters) expect(filter(filter(logits))).toEqual(filter(logits));
      }),
    );
  });
});

/**
 * Pearson's statistic of `draws` samples against expected probabilities. With df degrees of freedom it exceeds
 * df + 3.72·√(2df) + 8 with a probability below 1e-3 (normal approximation plus its skew); seeds are fixed, so a
 * failure means a wrong sampler, not bad luck.
 */
function chiSquare(counts: number[], probabilities: number[], draws: number): { statistic: number; limit: number } {
  const used = [...probabilities.keys()].filter((i) => (probabilities[i] as number) > 0);
  const statistic = used.reduce((sum, i) => {
    const expected = (probabilities[i] as number) * draws;
    return sum + ((counts[i] as number) - expected) ** 2 / expected;
  }, 0);
  const df = used.length - 1;
  return { statistic, limit: df + 3.72 * Math.sqrt(2 * df) + 8 };
}

describe("frequencies of 200,000 samples, chi-square at significance 1e-3", () => {
  const logits = Float32Array.of(1.5, -0.5, 0, 2, 0.3, -2, 1, 0.9);
  const draws = 200_000;
  const count = (options: Parameters<typeof sample>[1]): number[] => {
    const counts = new Array<number>(logits.length).fill(0);
    const random = new Random(11);
    for (let i = 0; i < draws; i++) (counts[sample(logits, { ...options, random })] as number)++;
    return counts;
  };

  test.each([0.5, 1, 2])("softmax(logits / %d)", (temperature) => {
    const counts = count({ temperature });
    const weights = [...logits].map((x) => Math.exp(x / temperature));
    const sum = weights.reduce((a, b) => a + b);
    const right = chiSquare(
      counts,
      weights.map((w) => w / sum),
      draws,
    );
    expect(right.statistic).toBeLessThan(right.limit);
    // The usual mistake, sampling from probabilities as if they were logits, must fail the same test.
    const twice = weights.map((w) => Math.exp(w / sum));
    const wrong = chiSquare(
      counts,
      twice.map((w) => w / twice.reduce((a, b) => a + b)),
      draws,
    );
    expect(wrong.statistic).toBeGreaterThan(wrong.limit);
  });

  test("after top-k, only what is left, renormalized", () => {
    const counts = count({ topK: 3 });
    const weights = [...topK(logits, 3)].map(Math.exp);
    const sum = weights.reduce((a, b) => a + b);
    const { statistic, limit } = chiSquare(
      counts,
      weights.map((w) => w / sum),
      draws,
    );
    expect(statistic).toBeLessThan(limit);
    expect(counts.filter((n) => n > 0).length).toBe(3);
  });
});

describe("sample", () => {
  const logits = Float32Array.of(0.1, 3, -1, 2.9);
  test("temperature 0 is greedy, penalty included", () => {
    expect(sample(logits, { temperature: 0 })).toBe(1);
    expect(sample(logits, { temperature: 0, repetitionPenalty: 1.5, history: [1] })).toBe(3);
  });
  test("repeats with the same random stream, given or from the scope", () => {
    const draw = () => Array.from({ length: 50 }, () => sample(logits));
    const scoped = withRandom(new Random(5), draw);
    expect(withRandom(new Random(5), draw)).toEqual(scoped);
    const random = new Random(5);
    expect(Array.from({ length: 50 }, () => sample(logits, { random }))).toEqual(scoped);
  });
  test("never draws a removed token, at either end of the random numbers", () => {
    const removed = Number.NEGATIVE_INFINITY;
    const ends = [0, 2 ** 32 - 1].map((word) => Object.assign(new Random(0), { uint32: () => word }));
    for (const random of ends) expect(sample(Float32Array.of(removed, removed, 1, removed), { random })).toBe(2);
  });
});

describe("errors say what is wrong", () => {
  const random = new Random(1);
  test.each([Number.NaN, Number.POSITIVE_INFINITY])("a logit of %d", (bad) => {
    const logits = Float32Array.of(0, 1, bad);
    for (const f of [
      softmax,
      greedy,
      (x: Float32Array) => topK(x, 1),
      (x: Float32Array) => topP(x, 0.5),
      (x: Float32Array) => minP(x, 0.5),
    ]) {
      expect(() => f(logits)).toThrow(`logit 2 is ${bad}`);
    }
    expect(() => sample(logits, { random })).toThrow(`sample: logit 2 is ${bad}`);
    expect(() => sample(logits, { temperature: 0 })).toThrow(`greedy: logit 2 is ${bad}`);
  });
  test("no token left", () => {
    const nothing = new Float32Array(3).fill(Number.NEGATIVE_INFINITY);
    expect(() => sample(nothing, { random })).toThrow("none of the 3 tokens is left");
    expect(() => softmax(new Float32Array(0))).toThrow("none of the 0 tokens is left");
  });
  test("options", () => {
    const logits = Float32Array.of(0, 1);
    expect(() => sample(logits, { random, temperature: -1 })).toThrow("temperature must be above 0, got -1");
    expect(() => sample(logits, { random, topK: 0 })).toThrow("k must be a whole number ≥ 1, got 0");
    expect(() => sample(logits, { random, topP: 1.1 })).toThrow("p must be from 0 to 1, got 1.1");
    expect(() => sample(logits, { random, minP: Number.NaN })).toThrow("p must be from 0 to 1, got NaN");
    expect(() => sample(logits, { random, repetitionPenalty: 2 })).toThrow("repetitionPenalty needs history");
    expect(() => repetitionPenalty(logits, [2], 1.1)).toThrow("id 2 is outside of the vocabulary of 2 tokens");
    expect(() => repetitionPenalty(logits, [0], 0)).toThrow("penalty must be above 0, got 0");
    expect(() => sample(logits)).toThrow("no random scope is open");
  });
});
