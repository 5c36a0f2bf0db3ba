import "@tensorflow/tfjs-backend-wasm";
import { causalMask, combineMasks, paddingMask, slidingWindowMask } from "@llm/mask";
import { gradients } from "@llm/ops";
import { Random } from "@llm/random";
import { expectClose, expectNoLeak, readFixture } from "@llm/testing";
import * as tf from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AttentionOptions, attention, attentionContract } from "../src/index.js";

interface Packed {
  shape: number[];
  values: number[];
}
interface Case {
  name: string;
  options: AttentionOptions;
  slopes: number[] | null;
  dy: Packed;
  y: Packed;
  inputs: Packed[];
  grads: Packed[];
}
const cases = readFixture<Case[]>(import.meta.url, "fixtures/scores.json");
const unpack = ({ shape, values }: Packed): tf.Tensor => tf.tensor(values, shape);
const random = new Random(17);
const normal = (shape: number[]): tf.Tensor =>
  tf.tensor(random.fillNormal(new Float32Array(shape.reduce((n, d) => n * d, 1))), shape);

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await tf.setBackend(backend)));
  afterAll(async () => void (await tf.setBackend("cpu")));

  test.each(cases.map((c): [string, Case] => [c.name, c]))("values and gradients are PyTorch's: %s", (_, c) => {
    const f = (...[q, k, v, bias]: tf.Tensor[]): tf.Tensor =>
      attention(q!, k!, v!, { ...c.options, bias, ...(c.slopes && { slopes: tf.tensor1d(c.slopes) }) });
    const inputs = c.inputs.map(unpack);
    // float64 against a dozen float32 operations on values of size 1 to 10.
    const tolerance = { absolute: 1e-5, relative: 1e-4 };
    expectClose(f(...inputs), c.y.values, tolerance);
    const grads = gradients(f, inputs, unpack(c.dy));
    expect(grads.length).toBe(c.grads.length);
    for (const [i, expected] of c.grads.entries()) expectClose(grads[i]!, expected.values, tolerance);
    expectNoLeak(() => gradients(f, inputs));
  });
});

test("a window is its mask, alone or with other masks, and nothing at all where it reaches over everything", () => {
  const sizes = fc.record({
    t: fc.integer({ min: 1, max: 5 }),
    past: fc.integer({ min: 0, max: 4 }),
    window: fc.integer({ min: 1, max: 10 }),
    sinks: fc.integer({ min: 0, max: 3 }),
  });
  fc.assert(
    fc.property(sizes, ({ t, past, window, sinks }) => {
      const s = t + past;
      const [q, k, v] = [normal([1, 2, t, 3]), normal([1, 2, s, 3]), normal([1, 2, s, 3])] as const;
      const band = slidingWindowMask(t, window, s, { sinks });
      const same = (a: AttentionOptions, b: AttentionOptions): void =>
        expectClose(attention(q, k, v, a), attention(q, k, v, b).dataSync(), { absolute: 0, relative: 0 });
      same({ window, sinks }, { mask: band });
      const mask = combineMasks(causalMask(t, s), paddingMask([s - 1], s));
      same({ window, sinks, mask }, { mask: combineMasks(mask, band) });
      same({ window: s, sinks }, {});
    }),
    { numRuns: 30 },
  );
});

test("∂out_i/∂in_j is exactly 0 beyond the window", () => {
  const [T, window, sinks] = [7, 2, 1];
  const x = normal([1, 1, T, 2]);
  for (let i = 0; i < T; i++) {
    const row = (x: tf.Tensor): tf.Tensor =>
      tf.slice(attention(x, x, x, { window, sinks, softCap: 5 }), [0, 0, i, 0], [1, 1, 1, 2]);
    const grad = gradients((x) => row(x!), [x])[0]!.dataSync();
    for (let j = 0; j < T; j++) {
      const flows = grad[2 * j] !== 0 || grad[2 * j + 1] !== 0;
      expect([i, j, flows]).toEqual([i, j, j <= i && (j > i - window || j < sinks)]);
    }
  }
});

test("scores of any size stay within the cap's reach", () => {
  const [q, k, v] = [normal([1, 1, 4, 2]), normal([1, 1, 4, 2]), normal([1, 1, 4, 2])] as const;
  const huge = attention(tf.mul(q, 1e6), k, v, { softCap: 1, mask: "none" }).dataSync();
  expect(huge.every(Number.isFinite)).toBe(true);
  // Weights between e^-1 and e^1: nobody gets less than 1/(1 + 3e²) of the mean.
  const ones = attention(tf.mul(q, 1e6), k, tf.tensor([1, 0, 0, 0], [1, 1, 4, 1]), { softCap: 1, mask: "none" });
  expect(Math.min(...ones.dataSync())).toBeGreaterThan(1 / (1 + 3 * Math.E ** 2) - 1e-6);
});

test("a fused kernel gets a window as a mask; a bias or a cap goes around it", () => {
  const seen: string[][] = [];
  tf.registerKernel({
    kernelName: attentionContract.name,
    backendName: "cpu",
    kernelFunc: ({ inputs }) => {
      seen.push(Object.keys(inputs));
      const { q } = inputs as { q: tf.Tensor };
      return [tf.zerosLike(q), tf.zeros(q.shape.slice(0, 3))];
    },
  });
  try {
    const x = normal([1, 1, 4, 2]);
    attention(x, x, x, { window: 2 });
    expect(seen).toEqual([["q", "k", "v", "mask"]]);
    attention(x, x, x, { window: 4 });
    expect(seen[1]).toEqual(["q", "k", "v"]);
    attention(x, x, x, { softCap: 2 });
    attention(x, x, x, { bias: tf.zeros([4, 4]) });
    expect(seen.length).toBe(2);
  } finally {
    tf.unregisterKernel(attentionContract.name, "cpu");
  }
});

test("errors teach", () => {
  const x = normal([1, 2, 3, 2]);
  const f = (options: AttentionOptions) => () => attention(x, x, x, options);
  expect(f({ sinks: 1 })).toThrow("sinks are what a query sees beside its window; give window too");
  expect(f({ window: 0 })).toThrow("window must be a whole number from 1 and sinks from 0, got 0 and 0");
  expect(f({ window: 2, mask: "none" })).toThrow('leave out the mask "none"');
  expect(f({ window: 2, prefix: tf.tensor([1], [1], "int32") })).toThrow("leave out prefix");
  expect(f({ bias: tf.zeros([3, 2]) })).toThrow(
    "attention: bias must be float32 and broadcast to the scores' [1,2,3,3], got float32 of shape [3,2]",
  );
  expect(f({ bias: tf.zeros([3, 3], "int32") })).toThrow("got int32");
  expect(f({ softCap: -1 })).toThrow("softCap: cap must be a finite number above 0");
});
