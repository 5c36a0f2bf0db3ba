import { expect, test } from "vitest";
import { dataloader } from "../src/index.js";

test("dataloader computes the value of the paper's example", () => {
  expect(dataloader()).toBe("the value");
});
