import { expect, test } from "vitest";
import { currentPrecision, withPrecision } from "../src/index.js";

test("the scope holds inside of f, nests, and ends with an error too", () => {
  expect(currentPrecision()).toBe("float32");
  const inner = withPrecision("bf16", () => [
    currentPrecision(),
    withPrecision("float32", currentPrecision),
    currentPrecision(),
  ]);
  expect(inner).toEqual(["bf16", "float32", "bf16"]);
  const fail = (): never => {
    throw new Error("inside");
  };
  expect(() => withPrecision("bf16", fail)).toThrow("inside");
  expect(currentPrecision()).toBe("float32");
});

test("an unknown precision is refused", () => {
  expect(() => withPrecision("fp8" as never, () => 1)).toThrow(/"float32" or "bf16", got "fp8"/);
});
