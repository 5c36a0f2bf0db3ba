import { expect, test } from "vitest";
import { trainer } from "../src/index.js";

test("trainer computes the value of the paper's example", () => {
  expect(trainer()).toBe("the value");
});
