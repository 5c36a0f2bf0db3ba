import { expect, test } from "vitest";
import { transformerBlock } from "../src/index.js";

test("transformerBlock computes the value of the paper's example", () => {
  expect(transformerBlock()).toBe("the value");
});
