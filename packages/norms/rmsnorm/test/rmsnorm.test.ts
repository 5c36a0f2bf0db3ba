import { expect, test } from "vitest";
import { rmsnorm } from "../src/index.js";

test("rmsnorm computes the value of the paper's example", () => {
  expect(rmsnorm()).toBe("the value");
});
