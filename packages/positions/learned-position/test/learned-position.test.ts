import { expect, test } from "vitest";
import { learnedPosition } from "../src/index.js";

test("learnedPosition computes the value of the paper's example", () => {
  expect(learnedPosition()).toBe("the value");
});
