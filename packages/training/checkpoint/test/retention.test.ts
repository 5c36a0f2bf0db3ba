import fc from "fast-check";
import { expect, test } from "vitest";
import { checkpointName, parseCheckpointName, rankBest, selectKept } from "../src/index.js";

test("names sort as steps, and only these names are checkpoints", () => {
  expect([0, 100, 123456789].map(checkpointName)).toEqual(["step-00000000", "step-00000100", "step-123456789"]);
  for (const step of [0, 7, 99999999, 100000000]) expect(parseCheckpointName(checkpointName(step))).toBe(step);
  for (const name of [
    "step-1",
    "step-000000100",
    "step-00000001.tmp-3-0",
    "xstep-00000001",
    "step-0000000a",
    "step-00000001/..",
    "",
  ]) {
    expect(parseCheckpointName(name)).toBeUndefined();
  }
  for (const step of [-1, 0.5, Number.NaN])
    expect(() => checkpointName(step)).toThrow(`step must be a whole number ≥ 0, got ${step}`);
});

test("the best comes first, of equal ones the later; what was not measured is not ranked", () => {
  const all = [3, 1, Number.NaN, 1, 5].map((loss, step) => ({ step, metrics: { loss } }));
  expect(rankBest(all, { metric: "loss" }).map(({ step }) => step)).toEqual([3, 1, 0, 4]);
  expect(rankBest(all, { metric: "loss", mode: "max" }).map(({ step }) => step)).toEqual([4, 0, 3, 1]);
  expect(rankBest(all, { metric: "toString" })).toEqual([]);
});

test("what is kept: the newest always, the best always, at most one more than asked for", () => {
  const losses = fc.uniqueArray(fc.record({ step: fc.nat(1000), loss: fc.double() }), {
    selector: (x) => x.step,
    minLength: 1,
  });
  fc.assert(
    fc.property(losses, fc.integer({ min: 1, max: 10 }), (input, keep) => {
      const all = input.map(({ step, loss }) => ({ step, metrics: { loss } }));
      const kept = selectKept(all, { keep, best: { metric: "loss" } });
      const finite = all.filter(({ metrics }) => Number.isFinite(metrics.loss));
      const least = Math.min(...finite.map(({ metrics }) => metrics.loss));
      if (finite.length > 0)
        expect(finite.some(({ step, metrics }) => kept.has(step) && metrics.loss === least)).toBe(true);
      const newest = all
        .map(({ step }) => step)
        .sort((a, b) => b - a)
        .slice(0, keep);
      for (const step of newest) expect(kept.has(step)).toBe(true);
      expect(kept.size - newest.length).toBeLessThanOrEqual(1);
    }),
  );
  expect(() => selectKept([], { keep: 0 })).toThrow("keep must be a whole number ≥ 1, got 0");
});
