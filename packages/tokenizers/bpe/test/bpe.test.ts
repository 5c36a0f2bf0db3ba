import { expect, test } from "vitest";
import { bpe } from "../src/index.js";

test("bpe computes the value of the paper's example", () => {
  expect(bpe()).toBe("the value");
});
