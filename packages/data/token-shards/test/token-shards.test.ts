import { expect, test } from "vitest";
import { tokenShards } from "../src/index.js";

test("tokenShards computes the value of the paper's example", () => {
  expect(tokenShards()).toBe("the value");
});
