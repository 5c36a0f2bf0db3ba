import { expect, test } from "vitest";
import { sft } from "../src/index.js";

test("sft computes the value of the paper's example", () => {
  expect(sft()).toBe("the value");
});
