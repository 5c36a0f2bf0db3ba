import { expect, test } from "vitest";
import { linear } from "../src/index.js";

test("linear computes the value of the paper's example", () => {
  expect(linear()).toBe("the value");
});
