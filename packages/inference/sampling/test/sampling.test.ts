import { expect, test } from "vitest";
import { sampling } from "../src/index.js";

test("sampling computes the value of the paper's example", () => {
  expect(sampling()).toBe("the value");
});
