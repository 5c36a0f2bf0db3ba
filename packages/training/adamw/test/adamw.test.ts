import { expect, test } from "vitest";
import { adamw } from "../src/index.js";

test("adamw computes the value of the paper's example", () => {
  expect(adamw()).toBe("the value");
});
