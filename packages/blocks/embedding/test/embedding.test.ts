import { expect, test } from "vitest";
import { embedding } from "../src/index.js";

test("embedding computes the value of the paper's example", () => {
  expect(embedding()).toBe("the value");
});
