import { expect, test } from "vitest";
import { llama } from "../src/index.js";

test("llama computes the value of the paper's example", () => {
  expect(llama()).toBe("the value");
});
