import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { constant, cosine, inverseSqrt, linear, linearWarmup, type Schedule, wsd } from "../src/index.js";

interface TorchRates {
  peak: number;
  min: number;
  total: number;
  rates: number[];
}
const torch = JSON.parse(readFileSync(new URL("fixtures/torch.json", import.meta.url), "utf8")) as Record<
  "cosine" | "linear",
  TorchRates
>;

/** Both sides compute in float64; PyTorch's recursive forms gather a few hundred ulps over 60 steps. */
function expectRates(schedule: Schedule, rates: number[]): void {
  rates.forEach((rate, step) => void expect(Math.abs(schedule(step) - rate)).toBeLessThanOrEqual(1e-12 * 6e-4 + 1e-16));
}

describe("values", () => {
  test("cosine equals PyTorch's CosineAnnealingLR", () => expectRates(cosine(torch.cosine), torch.cosine.rates));
  test("linear equals PyTorch's LinearLR, past the end too", () =>
    expectRates(linear(torch.linear), torch.linear.rates));

  test("cosine equals nanoGPT's get_lr, computed by hand", () => {
    // get_lr of nanoGPT's train.py with learning_rate 1e-3, min_lr 1e-4, warmup_iters 100, lr_decay_iters 2000.
    const lr = cosine({ peak: 1e-3, min: 1e-4, warmup: 100, total: 2000 });
    expect(lr(0)).toBeCloseTo(1e-3 / 101, 15);
    expect(lr(99)).toBeCloseTo((1e-3 * 100) / 101, 15);
    expect(lr(100)).toBe(1e-3);
    expect(lr(1050)).toBeCloseTo(5.5e-4, 15); // half way: cos(π/2) = 0
    expect(lr(575)).toBeCloseTo(1e-4 + 0.5 * (1 + Math.SQRT1_2) * 9e-4, 15); // a quarter: cos(π/4)
    expect(lr(2000)).toBe(1e-4);
    expect(lr(9999)).toBe(1e-4);
  });

  test("wsd, by hand", () => {
    const options = { peak: 1, min: 0.1, warmup: 3, decay: 100, total: 200 };
    const lr = wsd(options);
    expect([0, 1, 2, 3].map(lr)).toEqual([0.25, 0.5, 0.75, 1]);
    expect(lr(100)).toBe(1);
    expect(lr(125)).toBeCloseTo(0.1 + 0.9 * 0.5, 12); // √¼ = ½
    expect(lr(200)).toBe(0.1);
    const straight = wsd({ ...options, shape: "linear" });
    expect(straight(125)).toBeCloseTo(0.1 + 0.9 * 0.75, 12);
    expect(straight(200)).toBe(0.1);
  });

  test("inverseSqrt is Vaswani's equation 3", () => {
    // dim^-½ · min(n^-½, n · W^-1½) with dim 512, W 4000, n = step + 1.
    const paper = (n: number) => 512 ** -0.5 * Math.min(n ** -0.5, n * 4000 ** -1.5);
    const lr = inverseSqrt({ peak: (512 * 4000) ** -0.5, warmup: 3999 });
    for (const step of [0, 1, 1000, 3998, 3999, 4000, 15999, 100000])
      expect(lr(step) / paper(step + 1)).toBeCloseTo(1, 12);
  });

  test("constant, and warmup before any schedule", () => {
    expect([0, 1, 2, 3, 1e6].map(constant({ peak: 4, warmup: 3 }))).toEqual([1, 2, 3, 4, 4]);
    expect([0, 5].map(constant({ peak: 4 }))).toEqual([4, 4]);
    expect([0, 1, 2].map(linearWarmup((step) => 10 - step, { warmup: 1 }))).toEqual([4.5, 9, 8]);
  });

  test("total = warmup is a jump to min, without a division by zero", () => {
    for (const make of [cosine, linear])
      expect([0, 1, 2].map(make({ peak: 3, min: 1, warmup: 2, total: 2 }))).toEqual([1 / 3, 2 / 3, 1]);
    expect([0, 1, 2].map(wsd({ peak: 3, min: 1, decay: 0, total: 2 }))).toEqual([3, 3, 1]);
  });
});

describe("properties", () => {
  const options = fc
    .record({
      peak: fc.double({ min: 1e-6, max: 1, noNaN: true }),
      fraction: fc.double({ min: 0, max: 1, noNaN: true }),
      warmup: fc.nat(50),
      stable: fc.nat(50),
      decay: fc.integer({ min: 1, max: 100 }),
    })
    .map(({ peak, fraction, warmup, stable, decay }) => ({
      peak,
      min: peak * fraction,
      warmup,
      decay,
      total: warmup + stable + decay,
    }));
  const all = (o: {
    peak: number;
    min: number;
    warmup: number;
    decay: number;
    total: number;
  }): Record<string, Schedule> => ({
    cosine: cosine(o),
    linear: linear(o),
    wsd: wsd(o),
    wsdLinear: wsd({ ...o, shape: "linear" }),
    inverseSqrt: inverseSqrt(o),
    constant: constant(o),
  });

  test("stays between 0 and the peak, rises in warmup, never rises after it, and is at peak where they meet", () => {
    fc.assert(
      fc.property(options, (o) => {
        for (const lr of Object.values(all(o))) {
          const slack = 4 * Number.EPSILON * o.peak;
          expect(Math.abs(lr(o.warmup) - o.peak)).toBeLessThanOrEqual(slack);
          for (let step = 0; step < o.total + 5; step++) {
            expect(lr(step)).toBeGreaterThanOrEqual(0);
            expect(lr(step)).toBeLessThanOrEqual(o.peak + slack);
            if (step < o.warmup) expect(lr(step + 1)).toBeGreaterThan(lr(step));
            else expect(lr(step + 1)).toBeLessThanOrEqual(lr(step) + slack);
          }
        }
      }),
    );
  });

  test("decays end at min, and never go below it after warmup", () => {
    fc.assert(
      fc.property(options, (o) => {
        const { cosine: a, linear: b, wsd: c, wsdLinear: d } = all(o);
        for (const lr of [a, b, c, d] as Schedule[]) {
          expect([lr(o.total), lr(o.total + 1000)]).toEqual([o.min, o.min]);
          for (let step = o.warmup; step < o.total; step++)
            expect(lr(step)).toBeGreaterThanOrEqual(o.min * (1 - 4 * Number.EPSILON));
        }
      }),
    );
  });

  test("is continuous: no step moves further than the steepest slope of its formula", () => {
    fc.assert(
      fc.property(options, (o) => {
        const range = o.peak - o.min;
        const decaySteps = o.total - o.warmup;
        const slopes = {
          cosine: ((Math.PI / 2) * range) / decaySteps,
          linear: range / decaySteps,
          wsdLinear: range / o.decay,
        };
        for (const [name, slope] of Object.entries(slopes)) {
          const lr = all(o)[name] as Schedule;
          for (let step = o.warmup; step < o.total + 3; step++) {
            expect(Math.abs(lr(step + 1) - lr(step))).toBeLessThanOrEqual(slope * (1 + 1e-9) + 1e-15);
          }
        }
      }),
    );
  });
});

describe("errors say what is wrong", () => {
  test("options", () => {
    expect(() => cosine({ peak: 1, min: 2, total: 10 })).toThrow(
      "cosine: min must not exceed peak, got min 2 and peak 1",
    );
    expect(() => linear({ peak: 1, warmup: 11, total: 10 })).toThrow(
      "linear: warmup must fit into total, got warmup 11 and total 10",
    );
    expect(() => wsd({ peak: 1, warmup: 6, decay: 5, total: 10 })).toThrow(
      "wsd: warmup and decay must fit into total, got 6 + 5 > 10",
    );
    expect(() => inverseSqrt({ peak: 1, warmup: 1.5 })).toThrow("warmup must be a whole number ≥ 0, got 1.5");
    expect(() => constant({ peak: Number.NaN })).toThrow("constant: peak must be a finite number ≥ 0, got NaN");
    expect(() => cosine({ peak: 1, total: Number.POSITIVE_INFINITY })).toThrow(
      "cosine: total must be a whole number ≥ 0, got Infinity",
    );
  });
  test("steps", () => {
    for (const step of [-1, Number.NaN])
      expect(() => constant({ peak: 1 })(step)).toThrow(`step must be a number ≥ 0, got ${step}`);
  });
});
