import { expect, test } from "vitest";
import { backendSimd } from "../src/index.js";

test("backendSimd computes the value of the paper's example", () => {
  expect(backendSimd()).toBe("the value");
});
