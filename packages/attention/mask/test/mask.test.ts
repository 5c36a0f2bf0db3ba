import { expect, test } from "vitest";
import { mask } from "../src/index.js";

test("mask computes the value of the paper's example", () => {
  expect(mask()).toBe("the value");
});
