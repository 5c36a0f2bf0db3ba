import { expect, test } from "vitest";
import { crossEntropy } from "../src/index.js";

test("crossEntropy computes the value of the paper's example", () => {
  expect(crossEntropy()).toBe("the value");
});
