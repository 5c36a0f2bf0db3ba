import { expect, test } from "vitest";
import { pretokenize } from "../src/index.js";

test("pretokenize computes the value of the paper's example", () => {
  expect(pretokenize()).toBe("the value");
});
