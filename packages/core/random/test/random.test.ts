import { expect, test } from "vitest";
import { random } from "../src/index.js";

test("random computes the value of the paper's example", () => {
  expect(random()).toBe("the value");
});
