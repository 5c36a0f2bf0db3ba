import { expect, test } from "vitest";
import { attention } from "../src/index.js";

test("attention computes the value of the paper's example", () => {
  expect(attention()).toBe("the value");
});
