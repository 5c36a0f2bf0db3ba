import { expect, test } from "vitest";
import { glu } from "../src/index.js";

test("glu computes the value of the paper's example", () => {
  expect(glu()).toBe("the value");
});
