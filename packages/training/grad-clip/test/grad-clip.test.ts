import { expect, test } from "vitest";
import { gradClip } from "../src/index.js";

test("gradClip computes the value of the paper's example", () => {
  expect(gradClip()).toBe("the value");
});
