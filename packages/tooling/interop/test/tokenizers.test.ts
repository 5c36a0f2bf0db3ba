// llama.cpp gives texts the ids that our tokenizers give them, and a file without our tokenizer.json gives them, too.
//
// Each kind is trained, written, and asked for some hundred texts. Where llama.cpp is known to differ, `differs` says for
// which texts, and an example shows that it still does.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tokenizerFromGGUF, tokenizerToGGUF } from "@llm/gguf";
import { available } from "@llm/testing";
import { Tokenizer, type TrainTokenizerOptions, trainPreset, trainTokenizer } from "@llm/tokenizer";
import { afterAll, describe, expect, test } from "vitest";
import { awkwardTexts, loadVocabulary, textsBySeed, writeVocabulary } from "../src/index.js";

const root = mkdtempSync(join(tmpdir(), "interop-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const texts = [...awkwardTexts, ...textsBySeed(1, 600)];
/** To learn from: other texts of the same scripts, and words often enough to become tokens. */
const lessons = [...textsBySeed(2, 500), ...awkwardTexts, ...awkwardTexts, ...awkwardTexts];
const withSpecial = ["<|endoftext|>", "a<|endoftext|>b", " a <|endoftext|>  b<|endoftext|><|endoftext|>", "<s>x</s> y"];

interface Kind {
  name: string;
  tokenizer(): Promise<Tokenizer>;
  /** Texts for which llama.cpp gives other ids. */
  differs?: (text: string) => boolean;
  /** One of them, where it still does. */
  example?: string;
}

const trained = (options: TrainTokenizerOptions) => () => trainTokenizer(lessons, options);
const special = ["<|endoftext|>"];

const kinds: Kind[] = [
  { name: "BPE on characters", tokenizer: trained({ kind: "character-bpe", vocabSize: 1500, specialTokens: special }) },
  { name: "Unigram", tokenizer: trained({ kind: "unigram", vocabSize: 1500, specialTokens: special, byteFallback: false }) },
  { name: "T5", tokenizer: () => trainPreset("t5", lessons, { vocabSize: 3000 }) },
  { name: "WordPiece", tokenizer: trained({ kind: "wordpiece", vocabSize: 3000, specialTokens: special }) },
  ...(["gpt2", "llama3", "o200k", "qwen2", "falcon"] as const).map((pattern) => ({
    name: `BPE on bytes, ${pattern}`,
    tokenizer: trained({ kind: "bpe", pattern, vocabSize: 1000, specialTokens: special }),
  })),
];

describe.skipIf(!available("llama"))("tokenizers in llama.cpp", () => {
  test.each(kinds)("$name", async ({ name, tokenizer, differs = () => false, example }) => {
    const ours = await tokenizer();
    const path = join(root, `${name}.gguf`);
    const metadata = tokenizerToGGUF(JSON.parse(JSON.stringify(ours)));
    await writeVocabulary(path, metadata);
    const theirs = await loadVocabulary(path);
    const rebuilt = Tokenizer.fromJSON(tokenizerFromGGUF(without(metadata, "tokenizer.huggingface.json")));
    const wrong: unknown[] = [];
    for (const text of texts) {
      const ids = ours.encode(text, { disallowedSpecial: "text" });
      if (!differs(text)) {
        const found = theirs.tokenize(text);
        if (found.join() !== ids.join()) wrong.push([text, ids.map((id) => ours.idToToken(id)), found.map((id) => ours.idToToken(id))]);
      }
      const again = rebuilt.encode(text, { disallowedSpecial: "text" });
      if (again.join() !== ids.join()) wrong.push(["rebuilt", text, ids.map((id) => ours.idToToken(id)), again.map((id) => ours.idToToken(id))]);
    }
    for (const text of withSpecial) {
      const ids = ours.encode(text, { allowedSpecial: "all" });
      if (theirs.tokenize(text, true).join() !== ids.join()) wrong.push(["special", text, ids, theirs.tokenize(text, true)]);
      if (rebuilt.encode(text, { allowedSpecial: "all" }).join() !== ids.join()) wrong.push(["special rebuilt", text, ids]);
    }
    console.log(name, wrong.length, texts.length); for (const each of wrong.slice(0, 12)) console.log(JSON.stringify(each));
    await theirs.dispose();
    expect(wrong.length).toBe(0);
  });
});

function without<K, V>(map: ReadonlyMap<K, V>, key: K): Map<K, V> {
  return new Map([...map].filter(([each]) => each !== key));
}
