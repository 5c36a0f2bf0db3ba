import { expectClose } from "@llm/testing";
import { concat, memory, type Tensor, tensor, tidy, zeros } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { KVCache } from "../src/index.js";

const exactly = { absolute: 0, relative: 0 };

/** Distinct values, so that a wrong place shows. */
let next = 0;
const fresh = (shape: number[]): Tensor => {
  const n = shape.reduce((product, d) => product * d, 1);
  return tensor(
    Array.from({ length: n }, () => next++),
    shape,
  );
};

test("returns all keys and values so far, by layer", () => {
  const cache = new KVCache({ layers: 2 });
  const steps = [3, 1, 2].map((t) => [0, 1].map(() => ({ k: fresh([2, 2, t, 3]), v: fresh([2, 2, t, 3]) })));
  for (const [i, step] of steps.entries()) {
    for (const [layer, { k, v }] of step.entries()) {
      const all = cache.append(layer, k, v);
      const past = steps.slice(0, i + 1).map((s) => s[layer]!);
      expectClose(
        all.k,
        concat(
          past.map((s) => s.k),
          2,
        ),
        exactly,
      );
      expectClose(
        all.v,
        concat(
          past.map((s) => s.v),
          2,
        ),
        exactly,
      );
    }
  }
  expect(cache.length).toBe(6);
  cache.dispose();
});

test("length counts what every layer has completed", () => {
  const cache = new KVCache({ layers: 2 });
  const step = (layer: number): unknown => cache.append(layer, zeros([1, 1, 4, 2]), zeros([1, 1, 4, 2]));
  expect(cache.length).toBe(0);
  step(0);
  expect(cache.length).toBe(0);
  expect(() => step(0)).toThrow("layer 0 holds 4 positions, but another layer only 0");
  step(1);
  expect(cache.length).toBe(4);
  cache.dispose();
});

test("a broken step is dropped by truncating to the length", () => {
  const cache = new KVCache({ layers: 2 });
  const k = fresh([1, 1, 2, 1]);
  for (const layer of [0, 1]) cache.append(layer, k, k);
  cache.append(0, fresh([1, 1, 1, 1]), fresh([1, 1, 1, 1]));
  cache.truncate(cache.length);
  const again = fresh([1, 1, 1, 1]);
  expectClose(cache.append(0, again, again).k, concat([k, again], 2), exactly);
  cache.dispose();
});

test("any sequence of appends and truncations equals the plain list of positions", () => {
  const action = fc.oneof(
    fc.record({ append: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ keep: fc.double({ min: 0, max: 1, noNaN: true }) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
      const before = memory().numTensors;
      const cache = new KVCache({ layers: 1 });
      let positions: number[] = [];
      for (const step of actions) {
        if ("keep" in step) {
          const length = Math.floor(step.keep * positions.length);
          cache.truncate(length);
          positions = positions.slice(0, length);
        } else {
          tidy(() => {
            const k = fresh([1, 1, step.append, 1]);
            positions.push(...k.dataSync());
            const all = cache.append(0, k, k);
            expect([...all.k.dataSync()]).toEqual(positions);
            expect([...all.v.dataSync()]).toEqual(positions);
          });
        }
        expect(cache.length).toBe(positions.length);
        expect(memory().numTensors).toBe(before + (positions.length > 0 ? 2 : 0));
      }
      cache.dispose();
      expect(cache.length).toBe(0);
      expect(memory().numTensors).toBe(before);
    }),
    { numRuns: 50 },
  );
});

test("survives the tidy it is filled in, and does not take the caller's tensors", () => {
  const cache = new KVCache({ layers: 1 });
  const k = fresh([1, 1, 1, 2]);
  tidy(() => void cache.append(0, k, zeros([1, 1, 1, 2])));
  const { k: all } = cache.append(0, k, zeros([1, 1, 1, 2]));
  expect(all.shape).toEqual([1, 1, 2, 2]);
  cache.dispose();
  expect(k.isDisposed).toBe(false);
});

test("errors teach", () => {
  const cache = new KVCache({ layers: 2 });
  const k = zeros([1, 2, 3, 4]);
  expect(() => new KVCache({ layers: 0 })).toThrow("layers must be a positive integer, got 0");
  expect(() => cache.append(2, k, k)).toThrow("layer must be an integer from 0 to 1, got 2");
  expect(() => cache.append(0, k, zeros([1, 2, 2, 4]))).toThrow("of the same positions, got [1,2,3,4] and [1,2,2,4]");
  expect(() => cache.append(0, zeros([2, 3]), zeros([2, 3]))).toThrow("[batch, heads, time, head dim]");
  for (const layer of [0, 1]) cache.append(layer, k, k);
  expect(() => cache.append(0, zeros([2, 2, 1, 4]), zeros([2, 2, 1, 4]))).toThrow(
    "keys of shape [2,2,1,4] do not continue the cached [1,2,3,4]",
  );
  expect(() => cache.truncate(4)).toThrow("truncate needs a length from 0 to 3, got 4");
  expect(cache.length).toBe(3);
  cache.dispose();
});
