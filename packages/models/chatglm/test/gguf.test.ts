import { expectStrangersRefused, expectThereAndBack, fileOf, type InGGUF } from "@llm/gguf-testing";
import { expect, test } from "vitest";
import {
  ChatGLM2,
  chatglm2FromGGUF,
  chatglm2FromGGUFConfig,
  chatglm2ToGGUF,
  chatglm2ToGGUFConfig,
} from "../src/index.js";

// That llama.cpp computes the same with such files is shown by packages/tooling/interop.

const sizes = {
  vocabSize: 9,
  maxLength: 16,
  dim: 32,
  heads: 4,
  layers: 2,
  hiddenDim: 24,
  normEps: 1e-6,
  kvHeads: 2,
} as const;
const model = new ChatGLM2(sizes);
const stored: InGGUF = {
  model,
  metadata: () => chatglm2ToGGUFConfig(model.config),
  toGGUF: (state) => chatglm2ToGGUF(state, model.config),
  fromGGUF: (state) => chatglm2FromGGUF(state, model.config),
};

test("parameters and sizes there and back again", () => {
  expectThereAndBack(stored);
  expect(chatglm2FromGGUFConfig(fileOf(stored))).toEqual(model.config);
});

test("what the model does not have is an error", () => expectStrangersRefused(stored, chatglm2FromGGUFConfig));
