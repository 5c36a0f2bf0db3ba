import { expect, test } from "vitest";
import { tokenizer } from "../src/index.js";

test("tokenizer computes the value of the paper's example", () => {
  expect(tokenizer()).toBe("the value");
});
