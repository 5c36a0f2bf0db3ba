import { expect, test } from "vitest";
import { module } from "../src/index.js";

test("module computes the value of the paper's example", () => {
  expect(module()).toBe("the value");
});
