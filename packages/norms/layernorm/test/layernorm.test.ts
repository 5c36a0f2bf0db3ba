import { expect, test } from "vitest";
import { layernorm } from "../src/index.js";

test("layernorm computes the value of the paper's example", () => {
  expect(layernorm()).toBe("the value");
});
