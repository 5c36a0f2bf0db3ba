// Tokenizers of published models, from files that know nothing of tokenizer.json: the ids that the models' own tokenizers
// give, and those of llama.cpp; and written again, the same to llama.cpp.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { decodeGGUF, type Metadata, tokenizerFromGGUF, tokenizerToGGUF } from "@llm/gguf";
import { available } from "@llm/testing";
import { Tokenizer } from "@llm/tokenizer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  awkwardTexts,
  type LlamaVocabularies,
  openVocabularies,
  type PublishedVocabulary,
  publishedVocabularies,
  textsBySeed,
} from "../src/index.js";

const root = mkdtempSync(join(tmpdir(), "published-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const texts = [...awkwardTexts, ...textsBySeed(3, Number(process.env.LLM_FUZZ_TEXTS ?? 300))];

interface Published {
  name: string;
  /** The model has no texts with ids here. */
  without?: true;
  /** Texts for which llama.cpp gives other ids; tokenizers.test.ts says why. */
  differs?: RegExp;
  /** What is written for its .pre. */
  pre?: string;
  /** Some tokens are spelled otherwise when written: none that text becomes. */
  respelled?: true;
}

/** The rest takes minutes: LLM_PUBLISHED=all. */
const vocabularies: Published[] = [
  { name: "llama-spm" },
  { name: "nomic-bert-moe", without: true },
  { name: "bert-bge", differs: /[\v\f\x85]|[\p{Mc}\p{Me}\p{Cn}]|[가-힣]|[^\s]{101}/u, respelled: true },
  { name: "gpt-2" },
  // It has no tokens for some control characters, which are left out there, and an error here.
  { name: "falcon", differs: /(?![\t\n\r])\p{Cc}/u },
  { name: "deepseek-coder" },
];
if (process.env.LLM_PUBLISHED === "all")
  vocabularies.push(
    // llama.cpp knows </s> for a special token, whatever the file says.
    { name: "phi-3", differs: /<\/s>/ },
    { name: "baichuan", without: true },
    { name: "gpt-neox", without: true, pre: "default" },
    { name: "mpt", pre: "gpt-2" },
    { name: "llama-bpe" },
    { name: "starcoder" },
    { name: "refact", pre: "starcoder" },
    { name: "command-r", pre: "starcoder", respelled: true },
    { name: "qwen2" },
    { name: "qwen35" },
    { name: "aquila", without: true, pre: "default" },
  );

describe.skipIf(!available("llama"))("published vocabularies", () => {
  let published: (name: string, samples: boolean) => PublishedVocabulary;
  let llama: LlamaVocabularies;
  beforeAll(async () => {
    llama = await openVocabularies();
    published = publishedVocabularies(join(root, "llama.cpp.git"));
  });

  afterAll(() => llama?.dispose());

  const load = (name: string, metadata: Metadata) => llama.load(join(root, `${name}.gguf`), metadata);

  test.each(vocabularies)(
    "$name",
    async ({ name, without, differs = /$^/, pre, respelled }) => {
      const { gguf, samples } = published(name, !without);
      const { metadata } = decodeGGUF(gguf);
      const tokenizer = Tokenizer.fromJSON(tokenizerFromGGUF(metadata));
      const encode = (text: string): number[] => tokenizer.encode(text, { disallowedSpecial: "text" });
      const wrong: string[] = [];
      const compare = (what: string, text: string, expected: number[], found: number[]): void => {
        const spell = (ids: number[]) => ids.map((id) => tokenizer.idToToken(id)).join(" | ");
        if (found.join() !== expected.join())
          wrong.push(`${what} ${JSON.stringify(text)}\n  ${spell(expected)}\n  ${spell(found)}`);
      };
      expect(samples.length > 40).toBe(!without);
      for (const { text, ids } of samples) compare("its own", text, ids, encode(text));
      const theirs = await load(name, metadata);
      const again = tokenizerToGGUF(JSON.parse(JSON.stringify(tokenizer)));
      const written = await load(`${name} again`, again);
      for (const text of texts.filter((text) => !differs.test(text))) {
        const ids = theirs.tokenize(text);
        compare("llama.cpp", text, ids, encode(text));
        compare("written again", text, ids, written.tokenize(text));
      }
      await theirs.dispose();
      await written.dispose();
      expect(wrong).toEqual([]);
      const value = (from: Metadata, key: string) => from.get(`tokenizer.ggml.${key}`)?.value;
      for (const key of respelled ? ["model"] : ["model", "tokens"])
        expect(value(again, key)).toEqual(value(metadata, key));
      if (value(metadata, "model") === "gpt2") expect(value(again, "pre")).toBe(pre ?? value(metadata, "pre"));
    },
    120_000,
  );

  test.each(["gemma-4", "deepseek-llm"])("%s: said not to be known", (name) => {
    const { metadata } = decodeGGUF(published(name, true).gguf);
    expect(() => tokenizerFromGGUF(metadata)).toThrow(/ (known are|can$)/);
  });
});
