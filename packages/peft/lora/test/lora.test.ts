import { expect, test } from "vitest";
import { lora } from "../src/index.js";

test("lora computes the value of the paper's example", () => {
  expect(lora()).toBe("the value");
});
