// A training loop that has warmed up asks for nothing more.

import { available } from "@llm/testing";
import { expect, test } from "vitest";
import type { BenchResult } from "../src/run/bench.js";
import { llmJson } from "./llm.js";

const sizes = ["--layers=2", "--heads=4", "--dim=64", "--context=32", "--batch=4", "--vocab=97", "--steps=500"];

test.skipIf(!available("native"))("500 steps on native grow neither tensors nor memory", async () => {
  const { backend, growth } = await llmJson<BenchResult>("bench", "train", ...sizes, "--backend", "native");
  expect(backend).toBe("native");
  expect(growth.tensors).toBe(0);
  // What V8's young generation may have taken meanwhile. One leaked tensor a step would be above this after 250 steps.
  expect(growth.rssBytes).toBeLessThan(8e6);
});
