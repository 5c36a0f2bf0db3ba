import { expect, test } from "vitest";
import { gpt2 } from "../src/index.js";

test("gpt2 computes the value of the paper's example", () => {
  expect(gpt2()).toBe("the value");
});
