import { tensor } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { checkDivides, checkIds, checkSizes, configReader, describeHeads } from "../src/index.js";

test("sizes are positive whole numbers", () => {
  expect(() => checkSizes("X", { dim: 1, layers: 2 ** 40 })).not.toThrow();
  for (const bad of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 54, "4" as unknown as number]) {
    expect(() => checkSizes("X", { dim: 4, layers: bad })).toThrow(
      `X: layers must be a positive whole number, got ${bad}`,
    );
  }
  expect(() => checkSizes("X", { headDim: 2.5 })).toThrow("without headDim, heads must divide dim");
  expect(() => checkDivides("X", { heads: 4 }, { dim: 12 })).not.toThrow();
  expect(() => checkDivides("X", { heads: 5 }, { dim: 12 })).toThrow("X: heads must divide dim = 12, got 5");
});

test("ids are a matrix of int32 that the positions suffice for", () => {
  const ids = (length: number) => tensor(new Array(length).fill(0), [1, length], "int32");
  expect(() => checkIds("X", ids(4), { maxLength: 4 })).not.toThrow();
  expect(() => checkIds("X", ids(4), { maxLength: Number.POSITIVE_INFINITY })).not.toThrow();
  expect(() => checkIds("X", ids(5), { maxLength: 4 })).toThrow("X: 5 positions exceed the model's maxLength of 4");
  expect(() => checkIds("X", ids(2), { maxLength: 4, offset: 3 })).toThrow("5 positions (3 of them in the cache)");
  expect(() => checkIds("X", tensor([1, 2], [2], "int32"), { maxLength: 4 })).toThrow("must be int32 [batch, time]");
  expect(() => checkIds("X", tensor([[1]]), { maxLength: 4 })).toThrow("got float32 [1,1]");
  expect(() => checkIds("X", tensor([], [1, 0], "int32"), { maxLength: 4 })).toThrow("at least one id");
});

test("a config.json is read key by key", () => {
  const read = configReader({ a: 1, b: true, c: "x", d: { e: 2 }, n: null }, "X config.json");
  expect([read.number("a"), read.boolean("b"), read.text("c"), read.object("d")]).toEqual([1, true, "x", { e: 2 }]);
  expect([read.number("z", 3), read.number("n", 4), read.boolean("n", false), read.text("z", "y")]).toEqual([
    3,
    4,
    false,
    "y",
  ]);
  expect([read.number(["z", "a"]), read.number(["n", "z"], 7)]).toEqual([1, 7]);
  expect(() => read.number(["y", "z"])).toThrow("y must be a number, got undefined");
  expect([read.object("n"), read.object("z"), read.value("z"), read.value("n")]).toEqual([
    undefined,
    undefined,
    undefined,
    null,
  ]);
  const { only } = read;
  expect(() => only("c", "x", "y")).not.toThrow();
  expect(() => only("z", "x")).not.toThrow();
  expect(() => only("c", "y", "z")).toThrow('X config.json: c is "x", only "y" is known');
});

test("what is of another type, or inherited, is an error", () => {
  const hostile = JSON.parse('{ "a": "1", "b": 0, "c": [], "d": [1], "__proto__": { "x": 5 } }');
  const read = configReader(hostile, "X config.json");
  expect(() => read.number("a")).toThrow('X config.json: a must be a number, got "1"');
  expect(() => read.number("z")).toThrow("z must be a number, got undefined");
  expect(() => read.boolean("b")).toThrow("b must be a boolean, got 0");
  expect(() => read.text("c")).toThrow("c must be a text, got []");
  expect(() => read.object("d")).toThrow("d must be an object, got [1]");
  expect(() => read.number("x")).toThrow("x must be a number");
  expect(configReader(Object.create({ y: 1 }), "X").value("y")).toBe(undefined);
  expect(configReader({}, "X").value("constructor")).toBe(undefined);
  expect(() => configReader({ a: Number.POSITIVE_INFINITY }, "X").number("a")).toThrow("a must be a number");
});

test("heads in words", () => {
  expect(describeHeads({ heads: 32, headDim: 128 })).toBe("multi-head: 32 heads of 128");
  expect(describeHeads({ heads: 71, kvHeads: 1, headDim: 64 })).toBe(
    "multi-query: 71 heads of 64, 1 for keys and values",
  );
  expect(describeHeads({ heads: 32, kvHeads: 2, headDim: 128 })).toBe(
    "grouped-query: 32 heads of 128, 2 for keys and values",
  );
});
