// Tokenizers of published models, from files that know nothing of tokenizer.json: the ids that the models' own tokenizers give.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeGGUF, tokenizerFromGGUF, tokenizerToGGUF } from "@llm/gguf";
import { available } from "@llm/testing";
import { Tokenizer } from "@llm/tokenizer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  awkwardTexts,
  loadVocabulary,
  type PublishedVocabulary,
  publishedVocabularies,
  textsBySeed,
  writeVocabulary,
} from "../src/index.js";

const root = mkdtempSync(join(tmpdir(), "interop-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const texts = [...awkwardTexts, ...textsBySeed(3, 300)];

describe.skipIf(!available("llama"))("published vocabularies", () => {
  let published: (name: string) => PublishedVocabulary;
  beforeAll(() => {
    published = publishedVocabularies(join(root, "llama.cpp.git"));
  });

  test.each([
    "llama-spm",
    "phi-3",
    "bert-bge",
    "gpt-2",
    "llama-bpe",
    "falcon",
    "starcoder",
    "refact",
    "command-r",
    "qwen2",
    "mpt",
    "deepseek-coder",
  ])(
    "%s",
    async (name) => {
      const { gguf, samples } = published(name);
      const { metadata } = decodeGGUF(gguf);
      const tokenizer = Tokenizer.fromJSON(tokenizerFromGGUF(metadata));
      const encode = (text: string): number[] => tokenizer.encode(text, { disallowedSpecial: "text" });
      expect(samples.length).toBeGreaterThan(40);
      const wrong: unknown[] = [];
      for (const { text, ids } of samples)
        if (encode(text).join() !== ids.join()) wrong.push(["own", text, ids, encode(text)]);
      const path = join(root, `${name}.gguf`);
      await writeVocabulary(path, metadata);
      const theirs = await loadVocabulary(path);
      for (const text of texts)
        if (encode(text).join() !== theirs.tokenize(text).join())
          wrong.push([
            text,
            encode(text).map((id) => tokenizer.idToToken(id)),
            theirs.tokenize(text).map((id) => tokenizer.idToToken(id)),
          ]);
      await theirs.dispose();
      // And out again.
      const again = tokenizerToGGUF(JSON.parse(JSON.stringify(tokenizer)));
      for (const key of ["tokens", "merges", "scores", "pre", "model"])
        if (
          JSON.stringify(again.get(`tokenizer.ggml.${key}`)?.value) !==
          JSON.stringify(metadata.get(`tokenizer.ggml.${key}`)?.value)
        )
          wrong.push([
            "out",
            key,
            metadata.get(`tokenizer.ggml.${key}`)?.value?.toString().slice(0, 200),
            again.get(`tokenizer.ggml.${key}`)?.value?.toString().slice(0, 200),
          ]);
      console.log(name, wrong.length);
      for (const each of wrong.slice(0, 8)) console.log(JSON.stringify(each));
      expect(wrong.length).toBe(0);
    },
    120_000,
  );
});
