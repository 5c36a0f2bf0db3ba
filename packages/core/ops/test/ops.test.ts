import { expect, test } from "vitest";
import { ops } from "../src/index.js";

test("ops computes the value of the paper's example", () => {
  expect(ops()).toBe("the value");
});
