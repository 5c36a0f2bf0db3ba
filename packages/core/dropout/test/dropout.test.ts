import { gradients } from "@llm/ops";
import { Random, withRandom } from "@llm/random";
import { expectClose, expectNoLeak } from "@llm/testing";
import { ones, tensor } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Dropout, dropout } from "../src/index.js";

const seeded = <T>(f: () => T): T => withRandom(new Random(5), f);

test("drops the given share and keeps the mean", () => {
  const y = seeded(() => dropout(ones([100_000]), 0.3)).dataSync();
  const dropped = y.filter((value) => value === 0).length / y.length;
  expect(Math.abs(dropped - 0.3)).toBeLessThan(0.006); // four standard errors
  expect(y.every((value) => value === 0 || Math.abs(value - 1 / 0.7) < 1e-6)).toBe(true);
});

test("the same scope draws the same mask, another one another", () => {
  const draw = (seed: number): Float32Array =>
    withRandom(new Random(seed), () => dropout(ones([64]), 0.5)).dataSync() as Float32Array;
  expectClose(draw(1), draw(1), { absolute: 0, relative: 0 });
  expect([...draw(1)]).not.toEqual([...draw(2)]);
});

test("the gradient passes through the same mask", () => {
  const x = tensor([1, 2, 3, 4, 5, 6, 7, 8]);
  const mask = seeded(() => dropout(ones([8]), 0.5)).dataSync();
  expectClose(
    seeded(() => gradients((y) => dropout(y as never, 0.5), [x])[0] as never),
    mask,
  );
});

test("active in training, the identity in evaluation, and never unseeded", () => {
  const layer = new Dropout({ rate: 0.5 });
  const x = ones([32]);
  expect(
    seeded(() => layer.forward(x))
      .dataSync()
      .includes(0),
  ).toBe(true);
  expect(() => layer.forward(x)).toThrow("withRandom");
  expect(layer.eval().forward(x)).toBe(x);
  expect(() => dropout(x, 1)).toThrow("below 1, got 1");
  expect(() => dropout(x, Number.NaN)).toThrow("got NaN");
});

test("no tensor stays behind", () => expectNoLeak(() => seeded(() => dropout(ones([4]), 0.5))));
