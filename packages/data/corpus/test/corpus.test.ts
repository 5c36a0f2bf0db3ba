import { expect, test } from "vitest";
import { corpus } from "../src/index.js";

test("corpus computes the value of the paper's example", () => {
  expect(corpus()).toBe("the value");
});
