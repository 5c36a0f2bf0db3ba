import { expect, test } from "vitest";
import { rope } from "../src/index.js";

test("rope computes the value of the paper's example", () => {
  expect(rope()).toBe("the value");
});
