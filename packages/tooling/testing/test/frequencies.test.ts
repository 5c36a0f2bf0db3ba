import { expect, test } from "vitest";
import { expectFrequencies } from "../src/index.js";

test("counts near the expected ones pass, others do not", () => {
  expectFrequencies([95, 105, 100], [1 / 3, 1 / 3, 1 / 3]);
  // With one degree of freedom the 99.9 % quantile is 10.83, and 11.2 by the approximation.
  expect(() => expectFrequencies([60, 140], [0.5, 0.5])).toThrow(
    "chi-square 32.0 > 11.2: [60,140], expected [100,100]",
  );
  expectFrequencies([77, 123], [0.5, 0.5]); // χ² = 10.58
  expect(() => expectFrequencies([76, 124], [0.5, 0.5])).toThrow("chi-square 11.5");
});

test("it refuses what it cannot judge", () => {
  expect(() => expectFrequencies([1, 2], [0.5, 0.6])).toThrow("probabilities that sum to 1, got 1.1");
  expect(() => expectFrequencies([1, 2], [1])).toThrow("2 counts need as many probabilities");
  expect(() => expectFrequencies([996, 4], [0.996, 0.004])).toThrow("outcome 1 is expected fewer than 5 times");
});
