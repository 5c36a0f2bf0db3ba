import { currentPrecision, withPrecision } from "@llm/ops";
import { expect, test } from "vitest";

test("scopes nest, return their value, and end with an error too", () => {
  expect(currentPrecision()).toBe("float32");
  const inner = withPrecision("bf16", () => [
    currentPrecision(),
    withPrecision("float32", currentPrecision),
    currentPrecision(),
  ]);
  expect(inner).toEqual(["bf16", "float32", "bf16"]);
  expect(() =>
    withPrecision("bf16", () => {
      throw new Error("inside");
    }),
  ).toThrow("inside");
  expect(currentPrecision()).toBe("float32");
});
