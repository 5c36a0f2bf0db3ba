import { gradients } from "@llm/ops";
import { expectClose, expectNoLeak } from "@llm/testing";
import { type Tensor, tensor, zeros } from "@tensorflow/tfjs-core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { bitsPerByte, causalLm, causalLmLoss, perplexity, shiftLabels } from "../src/index.js";

test("targets are the labels one position later, and each row's last is ignored", () => {
  expect(Array.from(shiftLabels([5, 6, 7]))).toEqual([6, 7, -100]);
  expect(Array.from(shiftLabels(Int32Array.of(1, 2, 3, 4, 5, 6), { context: 3, ignoreIndex: -1 }))).toEqual([
    2, 3, -1, 5, 6, -1,
  ]);
  expect(Array.from(shiftLabels([-100, 8, -100]))).toEqual([8, -100, -100]);
  expect(Array.from(shiftLabels([]))).toEqual([]);
  expect(() => shiftLabels([1, 2, 3], { context: 2 })).toThrow("3 labels are not a whole number of rows of 2");
  expect(() => shiftLabels([1, 2], { context: 0 })).toThrow(RangeError);
});

test("a document of n tokens asks n − 1 times for the next, and opens nothing", () => {
  const { inputs, targets, positions, open } = causalLm([5, 6, 7]);
  expect([inputs, targets, positions, open].map((each) => Array.from(each))).toEqual([
    [5, 6],
    [6, 7],
    [0, 1],
    [0, 0],
  ]);
  expect(() => causalLm([5])).toThrow("a text needs 2 tokens to predict one, got 1");
});

test("shifting rows together is shifting each on its own", () => {
  const rows = fc
    .integer({ min: 1, max: 6 })
    .chain((context) =>
      fc.array(fc.array(fc.nat(999), { minLength: context, maxLength: context }), { minLength: 1, maxLength: 4 }),
    );
  fc.assert(
    fc.property(rows, (batch) => {
      const context = batch[0]?.length as number;
      expect(Array.from(shiftLabels(batch.flat(), { context }))).toEqual(
        batch.flatMap((row) => Array.from(shiftLabels(row))),
      );
    }),
  );
});

test.each([
  [65, 4.1744],
  [32000, 10.3735],
  [50257, 10.8249],
  [128256, 11.7618],
])("an untrained model of %i tokens starts at ln V = %f", (vocab, loss) => {
  const targets = tensor([[0, vocab - 1]], [1, 2], "int32");
  // The figure is given to four digits after the point.
  expectClose(causalLmLoss(zeros([1, 2, vocab]), targets), loss, { absolute: 5.1e-5, relative: 0 });
});

test("logits at t are scored against token t + 1", () => {
  const ids = [2, 0, 1];
  const sure = (id: number): number[] => [0, 1, 2].map((v) => (v === id ? 50 : 0));
  const targets = tensor(shiftLabels(ids), [1, 3], "int32");
  const logits = tensor([[sure(0), sure(1), sure(2)]]);
  expectClose(causalLmLoss(logits, targets), 0);
  expectClose(causalLmLoss(logits, targets, { reduction: "none" }), [0, 0, 0]);
  expectClose(causalLmLoss(logits, tensor([ids], [1, 3], "int32")), 50);
});

test("the last position gets no gradient, and nothing stays behind", () => {
  const targets = tensor(shiftLabels([1, 0]), [1, 2], "int32");
  const x = tensor([0.5, 1, -1, 2], [1, 2, 2]);
  const run = (): Tensor => gradients((logits) => causalLmLoss(logits as Tensor, targets), [x])[0] as Tensor;
  const p = 1 / (1 + Math.exp(0.5));
  expectClose(run(), [p - 1, 1 - p, 0, 0]);
  expectNoLeak(run);
});

test("a target shape that does not fit names the way out", () => {
  expect(() => causalLmLoss(zeros([2, 4, 9]), zeros([2, 3], "int32"))).toThrow(
    "targets must have shape [2,4] to match logits [2,4,9], got [2,3]; shift the ids with shiftLabels",
  );
});

test("perplexity and bits per byte", () => {
  expectClose(perplexity(Math.log(50257)), 50257, { relative: 1e-12 });
  expect(perplexity(0)).toBe(1);
  // A uniform model over bytes needs 8 bits for each.
  expectClose(bitsPerByte({ nats: 1000 * Math.log(256), bytes: 1000 }), 8, { relative: 1e-12 });
  expect(() => bitsPerByte({ nats: 1, bytes: 0 })).toThrow("bytes must be positive, got 0");
});
