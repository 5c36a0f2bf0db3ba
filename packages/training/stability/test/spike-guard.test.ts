import { Random } from "@llm/random";
import { expectClose } from "@llm/testing";
import fc from "fast-check";
import { expect, test } from "vitest";
import { SpikeGuard, type SpikeGuardConfig, Window } from "../src/index.js";

test("mean, deviation and z-score of a window", () => {
  const window = new Window(4);
  for (const value of [9, 1, 2, 3, 4]) window.push(value);
  expect([...window.values]).toEqual([1, 2, 3, 4]);
  expect(window.mean).toBe(2.5);
  expectClose(window.deviation, Math.sqrt(1.25));
  expectClose(window.zScore(5), 2.5 / Math.sqrt(1.25));
  expect(new Window(2).zScore(1)).toBeNaN();
  const constant = new Window(2);
  constant.push(3);
  constant.push(3);
  expect([constant.zScore(3), constant.zScore(4)]).toEqual([0, Number.POSITIVE_INFINITY]);
  expect(() => constant.push(Number.NaN)).toThrow("a value must be finite, got NaN");
  expect(() => new Window(1)).toThrow(RangeError);
});

/** A guard that has seen calm steps 0 … 31. */
function calm(config: SpikeGuardConfig = {}): SpikeGuard {
  const guard = new SpikeGuard({ window: 32, ...config });
  const random = new Random(1);
  for (let step = 0; step < 32; step++) {
    expect(guard.accept({ step, loss: 3 + 0.1 * random.normal(), gradNorm: 1 + 0.05 * random.normal() })).toBe(true);
    expect(guard.rewindTo()).toBeUndefined();
  }
  return guard;
}

test("nothing is judged until the window is full, and then outliers on the high side are skipped", () => {
  const early = new SpikeGuard({ window: 32 });
  expect(early.accept({ step: 0, loss: 1e9, gradNorm: 1 })).toBe(true);
  const guard = calm();
  expect(guard.accept({ step: 32, loss: 3.1, gradNorm: 1 })).toBe(true);
  expect(guard.accept({ step: 33, loss: 9, gradNorm: 1 })).toBe(false);
  expect(guard.accept({ step: 34, loss: 3, gradNorm: 5 })).toBe(false);
  expect(guard.accept({ step: 35, loss: 3, gradNorm: Number.NaN })).toBe(false);
  expect(guard.accept({ step: 36, loss: 0.1, gradNorm: 0.01 })).toBe(true);
});

test("a seldom outlier is skipped; `patience` of them in a row go back, and pass over batches", () => {
  const guard = calm({ patience: 3, rewindSteps: 10, skipBatches: 200 });
  const spike = (step: number): number | undefined => {
    guard.accept({ step, loss: 50, gradNorm: 1 });
    return guard.rewindTo();
  };
  expect([spike(40), spike(41)]).toEqual([undefined, undefined]);
  guard.accept({ step: 42, loss: 3, gradNorm: 1 });
  expect(guard.rewindTo()).toBeUndefined();
  expect(guard.batchOf(43)).toBe(43);
  expect([spike(43), spike(44), spike(45)]).toEqual([undefined, undefined, 33]);
  expect([guard.batchOf(33), guard.skippedBatches, guard.rewinds]).toEqual([233, 200, 1]);
});

test("a spike cannot make itself look normal", () => {
  const guard = calm({ patience: 1000 });
  for (let step = 32; step < 500; step++) expect(guard.accept({ step, loss: 8, gradNorm: 1 })).toBe(false);
});

test("without going back, a level that stays is learned", () => {
  const guard = calm({ patience: 5, rewindSteps: 0 });
  const accepted = Array.from({ length: 12 }, (_, i) => guard.accept({ step: 32 + i, loss: 8, gradNorm: 1 }));
  expect(accepted.slice(0, 5)).toEqual([false, false, false, false, false]);
  expect(accepted.slice(6)).toEqual(Array(6).fill(true));
  expect(guard.rewindTo()).toBeUndefined();
});

test("it gives up with words when the spike comes again and again", () => {
  const guard = calm({ patience: 1, rewindSteps: 5, maxRewinds: 2 });
  for (const step of [40, 41]) {
    guard.accept({ step, loss: 50, gradNorm: 1 });
    expect(guard.rewindTo()).toBe(step - 5);
  }
  guard.accept({ step: 42, loss: 50, gradNorm: 1 });
  expect(() => guard.rewindTo()).toThrow("jumped again at step 42, after going back 2 times; lower the learning rate");
});

test("steady noise is left alone: 20000 normal steps at 6 deviations", () => {
  const guard = new SpikeGuard();
  const random = new Random(3);
  let refused = 0;
  for (let step = 0; step < 20_000; step++) {
    const loss = 3 + 1 / (1 + step / 1000) + 0.1 * random.normal();
    if (!guard.accept({ step, loss, gradNorm: 1 + 0.2 * random.normal() })) refused++;
  }
  expect(refused).toBe(0);
});

test("a guard restored from JSON goes on as the first would have", () => {
  const observations = fc.array(
    fc.record({
      loss: fc.double({ min: 1, max: 9, noNaN: true }),
      gradNorm: fc.double({ min: 0, max: 9, noNaN: true }),
    }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(observations, fc.nat(59), (seen, cut) => {
      const config = { window: 8, lossLimit: 2, normLimit: 2, patience: 1, rewindSteps: 4, maxRewinds: 1000 };
      const run = (guard: SpikeGuard, from: number): unknown[] =>
        seen
          .slice(from)
          .map((each, i) => [guard.accept({ step: from + i, ...each }), guard.rewindTo(), guard.batchOf(i)]);
      const whole = run(new SpikeGuard(config), 0);
      const first = new SpikeGuard(config);
      for (const [i, each] of seen.slice(0, cut).entries()) {
        first.accept({ step: i, ...each });
        first.rewindTo();
      }
      const second = new SpikeGuard(config);
      second.restore(JSON.parse(JSON.stringify(first.state())));
      const rest = run(second, cut).map((each) => (each as unknown[]).slice(0, 2));
      expect(rest).toEqual(whole.slice(cut).map((each) => (each as unknown[]).slice(0, 2)));
    }),
  );
});

test("errors", () => {
  expect(() => new SpikeGuard({ lossLimit: 0 })).toThrow("lossLimit must be above 0, got 0");
  expect(() => new SpikeGuard({ patience: 0 })).toThrow("patience must be a whole number, got 0");
  expect(() => new SpikeGuard({ rewindSteps: 1.5 })).toThrow(RangeError);
});
