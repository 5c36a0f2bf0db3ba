import { expect, test } from "vitest";
import { generate } from "../src/index.js";

test("generate computes the value of the paper's example", () => {
  expect(generate()).toBe("the value");
});
