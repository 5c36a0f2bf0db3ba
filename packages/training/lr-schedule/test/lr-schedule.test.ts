import { expect, test } from "vitest";
import { lrSchedule } from "../src/index.js";

test("lrSchedule computes the value of the paper's example", () => {
  expect(lrSchedule()).toBe("the value");
});
