import { expectStrangersRefused, expectThereAndBack, fileOf, type InGGUF } from "@llm/gguf-testing";
import { expect, test } from "vitest";
import { fromGGUF, fromGGUFConfig, GPT2, toGGUF, toGGUFConfig } from "../src/index.js";

// That llama.cpp computes the same with such files is shown by packages/tooling/interop.

const sizes = { vocabSize: 9, maxLength: 16, dim: 32, heads: 4, layers: 2, hiddenDim: 24, normEps: 1e-6 } as const;
const model = new GPT2(sizes);
const stored: InGGUF = {
  model,
  metadata: () => toGGUFConfig(model.config),
  toGGUF: toGGUF,
  fromGGUF: fromGGUF,
};

test("parameters and sizes there and back again", () => {
  expectThereAndBack(stored);
  expect(fromGGUFConfig(fileOf(stored))).toEqual(model.config);
});

test("what the model does not have is an error", () => expectStrangersRefused(stored, fromGGUFConfig));
