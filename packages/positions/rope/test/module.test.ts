import { expectClose } from "@llm/testing";
import { memory, ones, randomNormal, slice, stack, type Tensor, tensor, tidy } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { Rope, Rope2D, rope, rope2d, ropeTable } from "../src/index.js";

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

const exactly = { absolute: 0, relative: 0 };

test("position ids go where an offset goes", () => {
  const x = randomNormal([2, 2, 3, 8], 0, 1, "float32", 1);
  const module = new Rope({ headDim: 8, maxLength: 10 });
  const positions = tensor([4, 0, 7], [3], "int32");
  expectClose(module.forward(x, positions), rope(x, module.table, { positions }), exactly);
});

test("dynamic scaling depends on the length of the text at hand, whatever came before", () => {
  const scaling = { kind: "dynamic", factor: 2, originalLength: 4 } as const;
  const module = new Rope({ headDim: 4, maxLength: 16, scaling });
  const x = randomNormal([1, 1, 12, 4], 0, 1, "float32", 1);
  const head = (length: number): Tensor => slice(x, [0, 0, 0, 0], [-1, -1, length, -1]);
  const before = memory().numTensors;
  for (const length of [3, 8, 12, 8, 2]) {
    tidy(() => {
      const table = ropeTable({ headDim: 4, length: Math.max(4, length), scaling });
      expectClose(module.forward(head(length)), rope(head(length), table), exactly);
    });
  }
  expect(memory().numTensors).toBe(before + 2);
  module.dispose();
  expect(memory().numTensors).toBe(before);
});

test("in two dimensions: ids of both, or plain text from an offset on", () => {
  const before = memory().numTensors;
  tidy(() => {
    const x = randomNormal([2, 2, 3, 8], 0, 1, "float32", 1);
    const module = new Rope2D({ headDim: 8, maxLength: 10 });
    const table = ropeTable({ headDim: 4, length: 10 });
    const ids = tensor([1, 2, 2, 0, 0, 1], [2, 3], "int32");
    expectClose(module.forward(x, ids), rope2d(x, table, ids), exactly);
    const text = stack([tensor([4, 5, 6], [3], "int32"), tensor([0, 0, 0], [3], "int32")]);
    expectClose(module.forward(x, 4), rope2d(x, table, text), exactly);
    expect(module.parameterCount()).toBe(0);
    module.dispose();
  });
  expect(memory().numTensors).toBe(before);
});

test("errors teach", () => {
  expect(() => new Rope2D({ headDim: 6, maxLength: 8 })).toThrow("headDim must be a multiple of 4");
  expect(() => new Rope({ headDim: 4, rotaryDim: 6, maxLength: 8 })).toThrow("rotaryDim 6 must not exceed headDim 4");
});
