import { expect, test } from "vitest";
import { normalize } from "../src/index.js";

test("normalize computes the value of the paper's example", () => {
  expect(normalize()).toBe("the value");
});
