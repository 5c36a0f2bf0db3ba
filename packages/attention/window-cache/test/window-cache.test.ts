import { MultiHeadAttention, type Position } from "@llm/attention";
import { GroupedQueryAttention } from "@llm/gqa";
import { KVCache } from "@llm/kv-cache";
import { Random } from "@llm/random";
import { expectClose } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { WindowCache } from "../src/index.js";

const random = new Random(19);
const normal = (shape: number[]): tf.Tensor =>
  tf.tensor(random.fillNormal(new Float32Array(shape.reduce((n, d) => n * d, 1))), shape);

/** Turns pairs of features by their position: the rotation of `@llm/rope` for heads of two features. */
const rotation: Position = {
  forward: (x, at) => {
    const t = x.shape[2]!;
    const angles = tf.mul(tf.reshape(tf.range(at as number, (at as number) + t), [t, 1]), 0.7);
    const turned = tf.mul(tf.reverse(x, 3), tf.tensor([-1, 1]));
    return tf.add(tf.mul(x, tf.cos(angles)), tf.mul(turned, tf.sin(angles)));
  },
};
const places = (values: tf.Tensor): number[] => Array.from(values.dataSync());
const numbered = (from: number, size: number): tf.Tensor =>
  tf.tensor(
    Array.from({ length: size }, (_, i) => from + i),
    [1, 1, size, 1],
  );

test("keeps the sinks and the window, and what was new", () => {
  const cache = new WindowCache({ layers: 1, window: 3, sinks: 2 });
  const step = (size: number): number[] => {
    const x = numbered(cache.length, size);
    const { k, v } = cache.append(0, x, x);
    expect(places(v)).toEqual(places(k));
    return places(k);
  };
  expect(step(4)).toEqual([0, 1, 2, 3]);
  expect(step(1)).toEqual([0, 1, 2, 3, 4]);
  expect(step(1)).toEqual([0, 1, 3, 4, 5]);
  expect(step(3)).toEqual([0, 1, 4, 5, 6, 7, 8]);
  expect(step(1)).toEqual([0, 1, 7, 8, 9]);
  expect(cache.length).toBe(10);
  cache.dispose();
  expect(cache.length).toBe(0);
});

test("any steps: each new position finds its window and the sinks, and memory stays constant", () => {
  const steps = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 10 });
  const size = fc.record({ window: fc.integer({ min: 1, max: 5 }), sinks: fc.integer({ min: 0, max: 3 }) });
  fc.assert(
    fc.property(steps, size, (steps, { window, sinks }) => {
      const before = tf.memory().numTensors;
      const cache = new WindowCache({ layers: 2, window, sinks });
      for (const t of steps) {
        tf.tidy(() => {
          const from = cache.length;
          const x = numbered(from, t);
          const all = [0, 1].map((layer) => places(cache.append(layer, x, x).k));
          expect(all[1]).toEqual(all[0]);
          expect(all[0]!.length).toBeLessThanOrEqual(sinks + window - 1 + t);
          for (let i = from; i < from + t; i++) {
            for (let j = 0; j <= i; j++) {
              if (j < sinks || j > i - window) expect(all[0]).toContain(j);
            }
          }
        });
      }
      cache.dispose();
      expect(tf.memory().numTensors).toBe(before);
    }),
    { numRuns: 60 },
  );
});

test("a window without sinks: cached decoding of any pieces equals one pass over the whole text", () => {
  const [dim, window, T] = [6, 3, 11];
  const layers = [0, 1].map(
    (i) =>
      new GroupedQueryAttention({
        ...{ dim, heads: 3, kvHeads: 1, window, position: rotation, std: 0.5, random: new Random(i) },
      }),
  );
  const run = (x: tf.Tensor, cache?: WindowCache): tf.Tensor =>
    layers.reduce((h, layer, i) => tf.add(h, layer.forward(h, { ...(cache && { cache }), layer: i })), x);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 6 }), (sizes) =>
      tf.tidy(() => {
        const x = normal([2, T, dim]);
        const cache = new WindowCache({ layers: 2, window });
        const parts: tf.Tensor[] = [];
        for (let i = 0; cache.length < T; i++) {
          const from = cache.length;
          parts.push(run(tf.slice(x, [0, from, 0], [2, Math.min(sizes[i] ?? 1, T - from), dim]), cache));
        }
        expectClose(tf.concat(parts, 1), run(x), { absolute: 1e-5 });
        cache.dispose();
      }),
    ),
    { numRuns: 20 },
  );
});

test("sinks: each step computes what the kept tokens alone would give, placed from 0 on", () => {
  const [dim, window, sinks, T] = [4, 3, 2, 12];
  for (const slopes of [undefined, [0.5, 0.25]]) {
    const config = { dim, heads: 2, position: rotation, std: 0.5, random: new Random(7), ...(slopes && { slopes }) };
    const streaming = new MultiHeadAttention({ ...config, window, sinks });
    const plain = new MultiHeadAttention(config);
    const x = normal([1, T, dim]);
    const cache = new WindowCache({ layers: 1, window, sinks });
    for (let t = 0; t < T; t++) {
      tf.tidy(() => {
        const y = streaming.forward(tf.slice(x, [0, t, 0], [1, 1, dim]), { cache });
        const kept = Array.from({ length: t + 1 }, (_, j) => j).filter((j) => j < sinks || j > t - window);
        const alone = plain.forward(tf.gather(x, tf.tensor1d(kept, "int32"), 1));
        expectClose(y, tf.slice(alone, [0, kept.length - 1, 0], [1, 1, dim]), { absolute: 1e-5 });
      });
    }
    cache.dispose();
  }
});

test("until anything is forgotten, it is a KVCache", () => {
  const layer = new MultiHeadAttention({ dim: 4, heads: 2, position: rotation, std: 0.5 });
  const x = normal([1, 6, 4]);
  const [ours, plain] = [new WindowCache({ layers: 1, window: 4, sinks: 2 }), new KVCache({ layers: 1 })];
  for (let t = 0; t < 6; t++) {
    const token = tf.slice(x, [0, t, 0], [1, 1, 4]);
    expectClose(layer.forward(token, { cache: ours }), layer.forward(token, { cache: plain }), { absolute: 1e-6 });
  }
  expect([ours.length, plain.length]).toEqual([6, 6]);
});

test("going back: as long as nothing needed is forgotten, and always by the step that broke", () => {
  const cache = new WindowCache({ layers: 2, window: 3, sinks: 1 });
  const step = (layer: number, size = 1): number[] => {
    const x = numbered(cache.length, size);
    return places(cache.append(layer, x, x).k);
  };
  for (const layer of [0, 1]) step(layer, 4);
  cache.truncate(2);
  expect(cache.length).toBe(2);
  for (let i = 0; i < 5; i++) for (const layer of [0, 1]) step(layer);
  // Layer 0 goes ahead, then the step fails.
  step(0);
  expect(() => step(0)).toThrow("layer 0 has seen 8 positions, but another layer only 7");
  cache.truncate(cache.length);
  expect(step(0)).toEqual([0, 5, 6, 7]);
  step(1);
  cache.truncate(7);
  expect(() => cache.truncate(5)).toThrow("cannot go back to length 5: positions that it sees are forgotten");
  expect(cache.length).toBe(7);
  cache.truncate(0);
  expect(cache.length).toBe(0);
});

test("errors teach", () => {
  expect(() => new WindowCache({ layers: 1, window: 0 })).toThrow("window must be a whole number of at least 1, got 0");
  expect(() => new WindowCache({ layers: 1, window: 1, sinks: -1 })).toThrow("sinks must be");
  const cache = new WindowCache({ layers: 1, window: 2, sinks: 1 });
  const x = tf.zeros([1, 1, 1, 2]);
  expect(() => cache.append(1, x, x)).toThrow("layer must be an integer from 0 to 0, got 1");
  expect(() => cache.append(0, x, tf.zeros([1, 1, 2, 2]))).toThrow(
    "of the same positions, got [1,1,1,2] and [1,1,2,2]",
  );
  cache.append(0, x, x);
  expect(() => cache.append(0, tf.zeros([2, 1, 1, 2]), tf.zeros([2, 1, 1, 2]))).toThrow("and continue [1,1,1,2]");
  expect(() => cache.truncate(2)).toThrow("truncate needs a length from 0 to 1, got 2");
  const layer = new MultiHeadAttention({ dim: 2, heads: 1 });
  const positions = tf.tensor([3], [1], "int32");
  expect(() => layer.forward(tf.zeros([1, 1, 2]), { cache, positions })).toThrow("leave positions out");
});
