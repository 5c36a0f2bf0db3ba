import "@tensorflow/tfjs-backend-wasm";
import { gradients } from "@llm/ops";
import { expectClose, expectNoLeak } from "@llm/testing";
import { memory, ones, setBackend, softmax, type Tensor, tensor } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AttentionMask, applyMask, causalMask, clearMaskedRows, paddingMask } from "../src/index.js";

const values = (shape: number[]): Tensor => {
  const n = shape.reduce((product, d) => product * d, 1);
  return tensor(
    Array.from({ length: n }, (_, i) => Math.sin(3 * i) * 2),
    shape,
  );
};

const masks: [string, () => AttentionMask][] = [
  ["causal", () => "causal"],
  ["a tensor", () => causalMask(3, 4)],
  ["a tensor for each batch", () => paddingMask([4, 2], 4)],
];

describe.each(["cpu", "wasm"])("%s", (backend) => {
  beforeAll(async () => void (await setBackend(backend)));
  afterAll(async () => void (await setBackend("cpu")));

  test.each(masks)("forbidden weights and their gradients are exactly 0: %s", (name, make) => {
    const mask = make();
    const weigh = (scores: Tensor): Tensor => softmax(applyMask(scores, mask));
    const scores = values([2, 1, 3, 4]);
    const weights = Array.from(weigh(scores).dataSync());
    const [grad] = gradients((x) => weigh(x as Tensor), [scores], values([2, 1, 3, 4])) as [Tensor];
    const dx = grad.dataSync();
    for (let i = 0; i < weights.length; i++) {
      const [b, t, s] = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4] as const;
      const allowed = name === "a tensor for each batch" ? s < [4, 2][b]! : s <= t + 1;
      expect([weights[i] !== 0, dx[i] !== 0]).toEqual([allowed, allowed]);
    }
    // The allowed weights of each row sum to 1, in float32.
    for (let i = 0; i < weights.length; i += 4)
      expectClose(
        weights.slice(i, i + 4).reduce((a, b) => a + b),
        1,
      );
  });

  test("huge scores stay finite and in order, forbidden ones above all allowed ones too", () => {
    const scores = tensor([-1e4, 1e4, 1e4 - 1, -1e30, -1e30, 1e30, 3e4, 0, -1e30], [3, 3]);
    const e = Math.exp(-1);
    expectClose(softmax(applyMask(scores, "none")), [0, 1 / (1 + e), e / (1 + e), 0, 0, 1, 1, 0, 0]);
    expectClose(softmax(applyMask(scores, "causal")), [1, 0, 0, 0.5, 0.5, 0, 1, 0, 0]);
  });

  test("rows without an allowed key become zero, with no gradient", () => {
    const mask = tensor([1, 1, 0, 0], [2, 2], "bool");
    const attend = (scores: Tensor): Tensor => clearMaskedRows(softmax(applyMask(scores, mask)), mask);
    expectClose(attend(tensor([0, 0, 5, 7], [2, 2])), [0.5, 0.5, 0, 0], { absolute: 0 });
    const [dx] = gradients((x) => attend(x as Tensor), [tensor([1, 2, 5, 7], [2, 2])], tensor([1, 3, 1, 3], [2, 2]));
    expect(Array.from(dx!.dataSync()).map((d) => d !== 0)).toEqual([true, true, false, false]);
  });

  test("no tensor stays behind", () => {
    expectNoLeak(() => applyMask(values([2, 3, 4]), "causal"));
    const mask = paddingMask([1], 4);
    expectNoLeak(() => clearMaskedRows(applyMask(values([1, 1, 3, 4]), mask), mask));
  });
});

test("one causal bias is kept, whatever sizes come", () => {
  for (const t of [2, 3]) applyMask(ones([t, 4]), "causal").dispose();
  const before = memory().numTensors;
  for (const t of [4, 2, 3, 2]) {
    const scores = ones([t, 5]);
    applyMask(scores, "causal").dispose();
    scores.dispose();
  }
  expect(memory().numTensors).toBe(before);
});

test("bad masks are named", () => {
  const scores = ones([2, 2, 3, 4]);
  expect(() => applyMask(scores, ones([3, 4]))).toThrow("must be boolean (true = may attend), got float32");
  expect(() => applyMask(scores, causalMask(2, 4))).toThrow("[2,4] does not broadcast to the scores' [2,2,3,4]");
  expect(() => applyMask(ones([2, 3, 4]), paddingMask([1], 4))).toThrow("[1,1,1,4] does not broadcast");
  expect(() => applyMask(ones([4, 3]), "causal")).toThrow("at least as many keys as queries, got T = 4, S = 3");
});
