// The short form of test/peer/equal.ts: the same ids as npm @huggingface/tokenizers, for each kind of model.

import { expect, test } from "vitest";
import { type TokenizerPresetName, trainPreset } from "../src/index.js";
import rust from "./fixtures/rust.json" with { type: "json" };
import { compare, knownDifferences } from "./peer/compare.js";
import { fuzzTexts, namesOfTheWorld } from "./peer/text.js";

const names = namesOfTheWorld().map((text) => text.slice(0, 1500));
const texts = [...names, ...fuzzTexts(1, 60_000)];
const presets: TokenizerPresetName[] = ["gpt2", "llama3", "falcon", "llama", "t5", "bert"];

test.each(rust.cases)("$name, trained by Hugging Face's library", ({ tokenizer }) => {
  const { ids, unexplained } = compare(tokenizer, texts);
  expect(ids).toBeGreaterThan(30_000);
  expect(unexplained).toEqual([]);
});

test.each(presets)("%s, trained here", async (name) => {
  // The special tokens in it must not become pieces, too.
  const file = await trainPreset(name, [...names, "<s></s><s></s>".repeat(50)], { vocabSize: 5000 });
  expect(compare(file, texts).unexplained).toEqual([]);
});

test("what explains a difference is in the text, and explains nothing else", () => {
  const { tokenizer } = rust.cases.find(({ name }) => name === "BERT")!;
  const { explained, unexplained } = compare(tokenizer, ["ΟΔΟΣ", "a cat", "\u{20000}\u{20001}"]);
  expect(unexplained).toEqual([]);
  for (const name of explained.keys()) expect(knownDifferences.map((each) => each.name)).toContain(name);
});
