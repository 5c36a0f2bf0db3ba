import { expect, test } from "vitest";
import { dropout } from "../src/index.js";

test("dropout computes the value of the paper's example", () => {
  expect(dropout()).toBe("the value");
});
