// llama.cpp gives texts the ids that our tokenizers give them, and a file without our tokenizer.json gives them, too.
//
// Each kind is trained, written, and asked for some hundred texts. Where llama.cpp is known to differ, `differs` says for
// which texts, as the README of @llm/gguf does, and `examples` shows that it still does.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Metadata, string, tokenizerFromGGUF, tokenizerToGGUF } from "@llm/gguf";
import { available } from "@llm/testing";
import { Tokenizer, trainTokenizer } from "@llm/tokenizer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LlamaVocabularies, type LlamaVocabulary, openVocabularies } from "../src/index.js";
import {
  changed,
  encoded,
  end,
  type Json,
  kinds,
  lessons,
  pieces,
  type Texts,
  texts,
  trained,
  withSpecial,
} from "./kinds.js";

const root = mkdtempSync(join(tmpdir(), "interop-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const published = (metadata: Metadata): Metadata =>
  new Map([...metadata].filter(([key]) => key !== "tokenizer.huggingface.json"));

describe.skipIf(!available("llama"))("tokenizers in llama.cpp", () => {
  let llama: LlamaVocabularies;
  beforeAll(async () => {
    llama = await openVocabularies();
  });
  afterAll(() => llama?.dispose());
  const inLlama = (name: string, metadata: Metadata): Promise<LlamaVocabulary> =>
    llama.load(join(root, `${name}.gguf`), metadata);

  test.each(kinds)("$name", async ({ name, tokenizer, differs = /$^/, examples = [], lost = /$^/ }) => {
    const ours = await tokenizer();
    const metadata = tokenizerToGGUF(JSON.parse(JSON.stringify(ours)));
    const theirs = await inLlama(name, metadata);
    const rebuilt = Tokenizer.fromJSON(tokenizerFromGGUF(published(metadata)));
    const among = (which: Texts, text: string): boolean =>
      which instanceof RegExp ? which.test(text) : which(text, ours);
    let compared = 0;
    const wrong: string[] = [];
    const compare = (what: string, text: string, expected: number[], found: number[]): void => {
      compared++;
      const spell = (ids: number[]) => ids.map((id) => ours.idToToken(id)).join(" | ");
      if (found.join() !== expected.join())
        wrong.push(`${what} ${JSON.stringify(text)}\n  ${spell(expected)}\n  ${spell(found)}`);
    };
    for (const text of texts) {
      const ids = encoded(ours, text);
      if (!among(differs, text)) compare("llama.cpp", text, ids, theirs.tokenize(text));
      if (!among(lost, text)) compare("rebuilt", text, ids, encoded(rebuilt, text));
    }
    for (const text of withSpecial) {
      const ids = ours.encode(text, { allowedSpecial: "all" });
      compare("llama.cpp with special tokens", text, ids, theirs.tokenize(text, true));
      compare("rebuilt with special tokens", text, ids, rebuilt.encode(text, { allowedSpecial: "all" }));
    }
    expect(wrong).toEqual([]);
    if (process.env.LLM_DEBUG) console.log(name, compared, "comparisons");
    // Most texts are looked at, and the known differences are still there.
    expect(compared).toBeGreaterThan(texts.length * 1.1);
    for (const text of examples) {
      expect(among(differs, text)).toBe(true);
      expect(theirs.tokenize(text)).not.toEqual(encoded(ours, text));
    }
    await theirs.dispose();
  });

  test("what has no place in a file", async () => {
    const characters = await trained({ kind: "character-bpe" })();
    const gpt2 = await trained({ kind: "bpe", vocabSize: 1000 })();
    const more = (contents: string[]) => (json: Json) =>
      json.added_tokens.push(...contents.map((content, i) => ({ id: 2900 + i, content, special: false })));
    const cases: [name: string, ours: Tokenizer, text: string][] = [
      [
        "Metaspace puts no blank before one",
        changed(characters, (json) => {
          json.normalizer = null;
          json.pre_tokenizer = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: false };
        }),
        " a",
      ],
      ["overlapping tokens", changed(gpt2, more(["abc", "bcde"])), "abcde"],
      [
        "a token with the blanks beside it",
        changed(gpt2, (json) => {
          json.added_tokens.push({ id: 2900, content: "<x>", special: false, lstrip: true });
        }),
        "a  <x>",
      ],
      [
        "NFC",
        changed(gpt2, (json) => {
          json.normalizer = { type: "NFC" };
        }),
        "e\u0301",
      ],
    ];
    for (const [name, ours, text] of cases) {
      const theirs = await inLlama(name, tokenizerToGGUF(JSON.parse(JSON.stringify(ours))));
      expect(theirs.tokenize(text)).not.toEqual(encoded(ours, text));
      expect(theirs.tokenize("plain text")).toEqual(encoded(ours, "plain text"));
      await theirs.dispose();
    }
  });

  // Vocabularies of bytes that were trained for one way to cut text, with another's name: what is cut shows in the ids.
  describe("names of pre-tokenizers", () => {
    let metadata: Metadata;
    beforeAll(async () => {
      const kind = { kind: "bpe", pattern: "whitespace", vocabSize: 2000, specialTokens: [end] } as const;
      const tokenizer = await trainTokenizer(
        lessons.filter((text) => !text.includes(end)),
        kind,
      );
      metadata = tokenizerToGGUF({ ...JSON.parse(JSON.stringify(tokenizer)), pre_tokenizer: byteLevel });
    });
    const byteLevel = { type: "ByteLevel", add_prefix_space: false, use_regex: true };
    // In Falcon's file the steps for digits see bytes as characters, six of which are numbers, and cut there too. llama.cpp
    // does not. Only tokens that cross such a place show it, and only a vocabulary that was made for other cuts has them.
    const numberBytes = (text: string): boolean =>
      new TextEncoder().encode(text).some((byte) => [0xb2, 0xb3, 0xb9, 0xbc, 0xbd, 0xbe].includes(byte));

    test.each<[name: string, written: string, differs?: (text: string) => boolean]>([
      ["gpt-2", "gpt-2"],
      ["llama-bpe", "llama-bpe"],
      ["dbrx", "dbrx"],
      ["chatglm-bpe", "dbrx"],
      ["qwen2", "qwen2"],
      ["qwen35", "qwen35"],
      ["starcoder", "starcoder"],
      ["refact", "starcoder"],
      ["bloom", "bloom"],
      // White space beyond ASCII, which llama.cpp replaces before it looks for ideographs.
      ["deepseek-coder", "deepseek-coder", (text) => /(?![\t-\r ])\p{White_Space}/u.test(text)],
      ["default", "default"],
      ["falcon", "falcon", numberBytes],
    ])("%s", async (name, written, differs = () => false) => {
      const named = new Map([...published(metadata), ["tokenizer.ggml.pre", string(name)]]);
      const theirs = await inLlama(name, named);
      const ours = Tokenizer.fromJSON(tokenizerFromGGUF(named));
      const compared = texts.filter((text) => !differs(text));
      expect(compared.length).toBeGreaterThan(texts.length / 8);
      const wrong = compared
        .filter((text) => theirs.tokenize(text).join() !== encoded(ours, text).join())
        .map((text) => [text, pieces(ours, text), theirs.tokenize(text).map((id) => ours.idToToken(id))]);
      await theirs.dispose();
      expect(wrong).toEqual([]);
      const again = tokenizerToGGUF(JSON.parse(JSON.stringify(ours)));
      expect(again.get("tokenizer.ggml.pre")?.value).toBe(written);
    });
  });
});
