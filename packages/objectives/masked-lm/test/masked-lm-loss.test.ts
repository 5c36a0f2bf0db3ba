import { crossEntropy } from "@llm/cross-entropy";
import { gradients } from "@llm/ops";
import { Random } from "@llm/random";
import { expectClose, expectNoLeak } from "@llm/testing";
import { matMul, reshape, type Tensor, tensor, zeros } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { maskedLmLoss } from "../src/index.js";

const random = new Random(4);
const hidden = tensor(random.fillNormal(new Float32Array(2 * 5 * 3)), [2, 5, 3]);
const weight = tensor(random.fillNormal(new Float32Array(3 * 7)), [3, 7]);
const targets = [-100, 2, -100, -100, 6, 0, -100, -100, -100, -100];

test("equals the loss over all logits, value and gradients, though the head sees the targets' rows alone", () => {
  let rows = 0;
  const sparse = (h: Tensor, w: Tensor): Tensor =>
    maskedLmLoss(h, targets, (x) => {
      rows = x.shape[0] as number;
      return matMul(x, w);
    });
  const dense = (h: Tensor, w: Tensor): Tensor =>
    crossEntropy(matMul(reshape(h, [10, 3]), w), tensor(targets, [10], "int32"));
  expectClose(sparse(hidden, weight), dense(hidden, weight), { relative: 1e-6 });
  expect(rows).toBe(3);
  const [a, b] = [sparse, dense].map((f) => gradients((h, w) => f(h as Tensor, w as Tensor), [hidden, weight]));
  if (!a || !b) throw new Error("two gradients");
  expectClose(a[0] as Tensor, b[0] as Tensor, { absolute: 1e-7 });
  expectClose(a[1] as Tensor, b[1] as Tensor, { absolute: 1e-7 });
});

test("nothing stays behind, and a batch that asks nothing has loss 0", () => {
  const run = (): Tensor => maskedLmLoss(hidden, targets, (x) => matMul(x, weight), { zLoss: 1e-4 });
  run();
  expectNoLeak(run);
  expectClose(
    maskedLmLoss(hidden, Array(10).fill(-100), (x) => matMul(x, weight)),
    0,
  );
});

test("an untrained head has the loss ln V", () => {
  expectClose(
    maskedLmLoss(hidden, targets, (x) => matMul(x, zeros([3, 7]))),
    Math.log(7),
  );
});

test("one target for each position", () => {
  expect(() => maskedLmLoss(hidden, [1, 2], (x) => x)).toThrow("hidden [2,5,3] has 10 positions, got 2 targets");
});
