import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataLoader, type DataLoaderOptions, evaluationBatches, memorySource } from "../src/index.js";

/** A text in which each token is its own position. */
const counting = (length: number) => memorySource(Int32Array.from({ length }, (_, i) => i));
const rowsOf = (values: Int32Array, context: number) =>
  Array.from({ length: values.length / context }, (_, row) => [...values.subarray(row * context, (row + 1) * context)]);

describe("values", () => {
  test("sequential: first in order without overlap, then every window once an epoch, shuffled", () => {
    const loader = new DataLoader(counting(32), { batch: 2, context: 3, order: "sequential" });
    expect(loader.windows).toBe(10);
    expect(rowsOf(loader.batchAt(0).inputs, 3)).toEqual([
      [0, 1, 2],
      [3, 4, 5],
    ]);
    expect(rowsOf(loader.batchAt(0).targets, 3)).toEqual([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const starts = (epoch: number) =>
      [0, 1, 2, 3, 4].flatMap((i) => rowsOf(loader.batchAt(epoch * 5 + i).inputs, 3).map((row) => row[0] as number));
    const inOrder = [0, 3, 6, 9, 12, 15, 18, 21, 24, 27];
    expect(starts(0)).toEqual(inOrder);
    for (const epoch of [1, 2]) {
      expect(starts(epoch)).not.toEqual(inOrder);
      expect(starts(epoch).sort((a, b) => a - b)).toEqual(inOrder);
    }
    expect(starts(1)).not.toEqual(starts(2));
    expect(loader.epochAt(5)).toBe(30 / 32);
  });

  test("shuffled: every epoch cuts all of the text once, at a phase and in an order of its own", () => {
    const context = 5;
    const loader = new DataLoader(counting(104), { batch: 5, context });
    expect(loader.windows).toBe(19);
    const epochs = Array.from({ length: 200 }, (_, epoch) =>
      Array.from({ length: loader.windows }, (_, i) => loader.offsetAt(0, epoch * loader.windows + i)),
    );
    const phases = new Set<number>();
    for (const starts of epochs) {
      const sorted = [...starts].sort((a, b) => a - b);
      phases.add(sorted[0] as number);
      expect(sorted).toEqual(sorted.map((_, i) => (sorted[0] as number) + i * context));
      expect(starts).not.toEqual(sorted);
    }
    expect([...phases].sort()).toEqual([0, 1, 2, 3, 4]);
  });

  test("random: offsets are uniform over all that fit (chi-square, 19 degrees of freedom, limit 43.8 at 1e-3)", () => {
    const loader = new DataLoader(counting(24), { batch: 50, context: 4, seed: 3, order: "random" });
    const counts = new Array<number>(20).fill(0);
    for (let step = 0; step < 200; step++) {
      for (const [first] of rowsOf(loader.batchAt(step).inputs, 4)) (counts[first as number] as number)++;
    }
    const statistic = counts.reduce((sum, count) => sum + (count - 500) ** 2 / 500, 0);
    expect(statistic).toBeLessThan(43.8);
  });

  test("the shortest text that fits has one window", () => {
    for (const order of ["shuffled", "random", "sequential"] as const) {
      const loader = new DataLoader(counting(5), { batch: 2, context: 4, order });
      expect(rowsOf(loader.batchAt(7).targets, 4)).toEqual([
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ]);
    }
  });
});

const anyOptions = fc.record({
  batch: fc.constantFrom(4, 8, 12),
  context: fc.integer({ min: 1, max: 9 }),
  microBatches: fc.integer({ min: 1, max: 3 }),
  seed: fc.integer(),
  order: fc.constantFrom("shuffled" as const, "random" as const, "sequential" as const),
}) satisfies fc.Arbitrary<DataLoaderOptions>;

describe("properties", () => {
  test("a batch depends on (seed, step) alone: another loader, asked in another order, gives the same", () => {
    fc.assert(
      fc.property(
        anyOptions,
        fc.array(fc.nat(1000), { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 10, max: 200 }),
        (options, steps, length) => {
          const loader = new DataLoader(counting(length), options);
          const batches = steps.map((step) => loader.batchAt(step, options.microBatches - 1));
          for (const [i, step] of [...steps.entries()].reverse()) {
            const fresh = new DataLoader(counting(length), options);
            expect(fresh.batchAt(step, options.microBatches - 1)).toEqual(batches[i]);
            expect(loader.batchAt(step, options.microBatches - 1)).toEqual(batches[i]);
          }
        },
      ),
    );
  });

  test("targets are the inputs one token on", () => {
    fc.assert(
      fc.property(anyOptions, fc.nat(1000), (options, step) => {
        const { inputs, targets } = new DataLoader(counting(100), options).batchAt(step);
        expect([...targets]).toEqual([...inputs].map((id) => id + 1));
      }),
    );
  });

  test("micro-batches are parts of the large batch: accumulation sees the same sequences", () => {
    fc.assert(
      fc.property(anyOptions, fc.nat(1000), (options, step) => {
        const { batch, microBatches } = options;
        const small = new DataLoader(counting(100), options);
        const large = new DataLoader(counting(100), { ...options, batch: batch * microBatches, microBatches: 1 });
        const parts = Array.from({ length: microBatches }, (_, i) => [...small.batchAt(step, i).inputs]);
        expect(parts.flat()).toEqual([...large.batchAt(step).inputs]);
      }),
    );
  });

  test("ranks are parts of the same batch, in order and without overlap", () => {
    fc.assert(
      fc.property(anyOptions, fc.nat(1000), fc.constantFrom(1, 2, 4), (options, step, worldSize) => {
        const whole = new DataLoader(counting(100), options);
        const parts = Array.from({ length: worldSize }, (_, rank) => whole.forRank(rank, worldSize).batchAt(step));
        expect(parts.map((part) => part.batch)).toEqual(parts.map(() => options.batch / worldSize));
        expect(parts.flatMap((part) => [...part.inputs])).toEqual([...whole.batchAt(step).inputs]);
      }),
    );
  });

  test("evaluation has each target exactly once, at any length", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 100 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 11 }),
        (length, batch, context) => {
          const seen: number[] = [];
          for (const part of evaluationBatches(counting(length), { batch, context })) {
            expect(part.inputs.length).toBe(part.batch * context);
            expect(part.targets.filter((target) => target !== -100).length).toBe(part.tokens);
            part.targets.forEach((target, i) => {
              if (target !== -100) expect(part.inputs[i]).toBe(target - 1);
              if (target !== -100) seen.push(target);
            });
          }
          expect(seen).toEqual(Array.from({ length: length - 1 }, (_, i) => i + 1));
        },
      ),
    );
  });
});

test("seeds differ", () => {
  const first = (seed: number) => [...new DataLoader(counting(1000), { batch: 8, context: 4, seed }).batchAt(0).inputs];
  expect(first(1)).not.toEqual(first(2));
});

describe("errors say what is wrong", () => {
  const options = { batch: 2, context: 4 };
  test("the text", () => {
    expect(() => new DataLoader(counting(4), options)).toThrow(
      "the text has 4 tokens, a context of 4 needs 5; take more text or a shorter context",
    );
    expect(() => evaluationBatches(counting(1), options).next()).toThrow("a text of 1 tokens has nothing to predict");
    expect(() => counting(4).read(2, 3)).toThrow("tokens 2 … 5 are outside of a text of 4 tokens");
  });
  test("options and arguments", () => {
    expect(() => new DataLoader(counting(9), { batch: 0, context: 4 })).toThrow(
      "batch must be a whole number ≥ 1, got 0",
    );
    expect(() => evaluationBatches(counting(9), { batch: 1, context: 0.5 }).next()).toThrow(
      "context must be a whole number ≥ 1, got 0.5",
    );
    const loader = new DataLoader(counting(9), options);
    expect(() => loader.batchAt(-1)).toThrow("step must be a whole number ≥ 0, got -1");
    expect(() => loader.batchAt(0, 1)).toThrow("microBatch must be from 0 to 0, got 1");
    expect(() => loader.forRank(2, 2)).toThrow("rank must be from 0 to 1, got 2");
    expect(() => loader.forRank(0, 3)).toThrow("batch 2 cannot be divided among 3 ranks");
  });
});
