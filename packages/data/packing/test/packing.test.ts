import { expect, test } from "vitest";
import { packing } from "../src/index.js";

test("packing computes the value of the paper's example", () => {
  expect(packing()).toBe("the value");
});
