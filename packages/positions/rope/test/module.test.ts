import { expectClose } from "@llm/testing";
import { memory, ones, randomNormal, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Rope, rope, ropeTable } from "../src/index.js";

test("the module rotates with its own table, which is no parameter", () => {
  const x = randomNormal([2, 2, 3, 8], 0, 1, "float32", 1);
  const module = new Rope({
    headDim: 8,
    rotaryDim: 4,
    maxLength: 10,
    base: 500,
    layout: "interleaved",
    scaling: { kind: "linear", factor: 2 },
  });
  const table = ropeTable({ headDim: 4, length: 10, base: 500, scaling: { kind: "linear", factor: 2 } });
  const expected = rope(x, table, { layout: "interleaved", offset: 2 });
  expectClose(module.forward(x, 2), expected.dataSync(), { absolute: 0, relative: 0 });
  expect(module.namedParameters().size).toBe(0);
  expect(() => module.forward(x, 8)).toThrow("exceed the table's 10");
});

test("the table outlives the tidy it was made in, goes with dispose, and comes back", () => {
  const before = memory().numTensors;
  const module = new Rope({ headDim: 4, maxLength: 6 });
  expect(memory().numTensors).toBe(before);
  const run = (): number[] => tidy(() => Array.from(module.forward(ones([3, 4]), 1).dataSync()));
  const first = run();
  expect(memory().numTensors).toBe(before + 2);
  const { cos } = module.table;
  expectClose(run(), first, { absolute: 0, relative: 0 });
  expect(module.table.cos).toBe(cos);
  module.dispose();
  module.dispose();
  expect(memory().numTensors).toBe(before);
  expectClose(run(), first, { absolute: 0, relative: 0 });
  module.dispose();
});

test("errors teach", () => {
  expect(() => new Rope({ headDim: 4, rotaryDim: 6, maxLength: 8 })).toThrow("rotaryDim 6 must not exceed headDim 4");
});
