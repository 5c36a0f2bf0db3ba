import { expect, test } from "vitest";
import { mlp } from "../src/index.js";

test("mlp computes the value of the paper's example", () => {
  expect(mlp()).toBe("the value");
});
