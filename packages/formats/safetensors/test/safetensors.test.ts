import { expect, test } from "vitest";
import { safetensors } from "../src/index.js";

test("safetensors computes the value of the paper's example", () => {
  expect(safetensors()).toBe("the value");
});
