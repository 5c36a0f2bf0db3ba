import { expect, test } from "vitest";
import { stability } from "../src/index.js";

test("stability computes the value of the paper's example", () => {
  expect(stability()).toBe("the value");
});
