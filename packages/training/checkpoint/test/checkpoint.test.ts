import { expect, test } from "vitest";
import { checkpoint } from "../src/index.js";

test("checkpoint computes the value of the paper's example", () => {
  expect(checkpoint()).toBe("the value");
});
