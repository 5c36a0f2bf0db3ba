import { expect, test } from "vitest";
import { gqa } from "../src/index.js";

test("gqa computes the value of the paper's example", () => {
  expect(gqa()).toBe("the value");
});
