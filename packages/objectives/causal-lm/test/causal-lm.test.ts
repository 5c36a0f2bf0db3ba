import { expect, test } from "vitest";
import { causalLm } from "../src/index.js";

test("causalLm computes the value of the paper's example", () => {
  expect(causalLm()).toBe("the value");
});
