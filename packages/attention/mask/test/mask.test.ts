import { expectNoLeak } from "@llm/testing";
import { ones, type Tensor } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { causalMask, combineMasks, paddingMask, prefixMask, segmentMask, slidingWindowMask } from "../src/index.js";

/** Rows of the last dimension as text, x = may attend. */
function rows(mask: Tensor): string[] {
  const s = mask.shape.at(-1) as number;
  const text = Array.from(mask.dataSync(), (value) => (value ? "x" : ".")).join("");
  return Array.from({ length: text.length / s }, (_, i) => text.slice(i * s, (i + 1) * s));
}

describe("who may attend to whom", () => {
  test("causal", () => {
    expect(rows(causalMask(3))).toEqual(["x..", "xx.", "xxx"]);
    expect(rows(causalMask(2, 4))).toEqual(["xxx.", "xxxx"]);
    expect(rows(causalMask(2, 4, 1))).toEqual(["xx..", "xxx."]);
    expect(causalMask(2, 4).dtype).toBe("bool");
  });

  test("prefix", () => {
    expect(rows(prefixMask(2, 4))).toEqual(["xx..", "xx..", "xxx.", "xxxx"]);
    const each = prefixMask([0, 3], 3);
    expect(each.shape).toEqual([2, 1, 3, 3]);
    expect(rows(each)).toEqual(["x..", "xx.", "xxx", "xxx", "xxx", "xxx"]);
  });

  test("sliding window", () => {
    expect(rows(slidingWindowMask(4, 2))).toEqual(["x...", "xx..", ".xx.", "..xx"]);
    expect(rows(slidingWindowMask(1, 2, 4))).toEqual(["..xx"]);
    expect(rows(slidingWindowMask(2, 2, 6, { offset: 3 }))).toEqual(["..xx..", "...xx."]);
    expect(rows(slidingWindowMask(5, 2, 5, { sinks: 1 }))).toEqual(["x....", "xx...", "xxx..", "x.xx.", "x..xx"]);
  });

  test("padding", () => {
    const mask = paddingMask([3, 0, 1], 3);
    expect(mask.shape).toEqual([3, 1, 1, 3]);
    expect(rows(mask)).toEqual(["xxx", "...", "x.."]);
  });

  test("segments", () => {
    const mask = segmentMask([
      [1, 1, 2],
      [1, 2, 0],
    ]);
    expect(mask.shape).toEqual([2, 1, 3, 3]);
    expect(rows(mask)).toEqual(["xx.", "xx.", "..x", "x..", ".x.", "..x"]);
  });

  test("combined", () => {
    const mask = combineMasks(
      causalMask(3),
      paddingMask([3, 2], 3),
      segmentMask([[1, 1, 2], new Int32Array([1, 1, 1])]),
    );
    expect(mask.shape).toEqual([2, 1, 3, 3]);
    expect(rows(mask)).toEqual(["x..", "xx.", "..x", "x..", "xx.", "xx."]);
  });
});

const size = fc.integer({ min: 1, max: 7 });

test("a window as long as the keys is causal, and so is a prefix of at most one", () => {
  fc.assert(
    fc.property(size, size, (T, more) => {
      expect(rows(slidingWindowMask(T, T + more, T + more))).toEqual(rows(causalMask(T, T + more)));
      expect(rows(prefixMask(more % 2, T))).toEqual(rows(causalMask(T)));
    }),
    { numRuns: 25 },
  );
});

test("the mask of a cached step is the last rows of the whole mask", () => {
  fc.assert(
    fc.property(size, size, size, (T, past, window) => {
      const S = T + past;
      expect(rows(causalMask(T, S))).toEqual(rows(causalMask(S)).slice(-T));
      expect(rows(slidingWindowMask(T, window, S))).toEqual(rows(slidingWindowMask(S, window)).slice(-T));
    }),
    { numRuns: 25 },
  );
});

test("no tensor stays behind", () => {
  expectNoLeak(() => combineMasks(causalMask(2), paddingMask([1], 2), segmentMask([[1, 2]]), prefixMask([1], 2)));
});

test("bad input is named", () => {
  expect(() => causalMask(3, 2)).toThrow("causalMask: the first query's position (offset, default S − T) must");
  expect(() => causalMask(0)).toThrow("T must be a positive integer, got 0");
  expect(() => prefixMask([1, 4], 3)).toThrow("an integer from 0 to T = 3, got 4");
  expect(() => slidingWindowMask(3, 0)).toThrow("window must be a positive integer, got 0");
  expect(() => slidingWindowMask(3, 1, 3, { sinks: -1 })).toThrow("sinks must be an integer of at least 0, got -1");
  expect(() => paddingMask([1, 1.5], 3)).toThrow("length 1 must be an integer from 0 to S = 3, got 1.5");
  expect(() => segmentMask([[1, 1], [1]])).toThrow("as long as the first (2), but row 1 has length 1");
  expect(() => combineMasks()).toThrow("at least one");
  expect(() => combineMasks(ones([2, 2]))).toThrow("mask 0 must be boolean (true = may attend), got float32");
});
