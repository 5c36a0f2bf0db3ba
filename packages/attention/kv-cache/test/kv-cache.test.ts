import { expect, test } from "vitest";
import { kvCache } from "../src/index.js";

test("kvCache computes the value of the paper's example", () => {
  expect(kvCache()).toBe("the value");
});
