import { expect, test } from "vitest";
import { activations } from "../src/index.js";

test("activations computes the value of the paper's example", () => {
  expect(activations()).toBe("the value");
});
