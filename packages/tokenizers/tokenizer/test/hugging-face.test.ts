import { Tokenizer as HuggingFace } from "@huggingface/tokenizers";
import fc from "fast-check";
import { Tiktoken } from "tiktoken/lite";
import { beforeAll, expect, test } from "vitest";
import { Tokenizer, tokenizerFromTiktoken, trainTokenizer } from "../src/index.js";
import { gpt2Json, tiktokenData } from "./gpt2.js";

const texts = [
  "Hello, world! It's the year 2024, isn't it?",
  "  leading, trailing  \n\n\ttabs\r\n",
  "Grüße aus Köln — naïve façade. Привет, мир! 你好，世界。 こんにちは 안녕하세요 مرحبا नमस्ते",
  "👩‍👩‍👧‍👦 🇩🇪 👍🏽 e\u0301 ½ ١٢٣ 1234567",
  "function f(x) {\n    return x_1 + 0xFF; // <tag/>\n}",
  "",
];
const someText = fc.array(fc.oneof(fc.constantFrom(...texts, " ", "\n", "'LL", "a"), fc.string({ unit: "grapheme" })), {
  maxLength: 6,
});
const corpus = (repeat: number): string[] => Array.from({ length: repeat }, () => texts.join("\n"));

let gpt2: ReturnType<typeof gpt2Json>;
beforeAll(() => {
  gpt2 = gpt2Json();
});

test("GPT-2's tokenizer.json gives tiktoken's ids for gpt2", () => {
  const data = tiktokenData("gpt2");
  const tiktoken = new Tiktoken(data.bpe_ranks, data.special_tokens, data.pat_str);
  const tokenizer = Tokenizer.fromJSON(JSON.stringify(gpt2));
  expect(tokenizer.vocabSize).toBe(50257);
  expect(tokenizer.specialTokens).toEqual(new Map([["<|endoftext|>", 50256]]));
  expect(tokenizer.encode("Hello world")).toEqual([15496, 995]);
  expect(tokenizer.encode("a<|endoftext|>", { allowedSpecial: "all" })).toEqual([64, 50256]);
  for (const text of [...texts, "<|endoftext|>"]) {
    const ids = tokenizer.encode(text, { disallowedSpecial: "text" });
    expect(ids).toEqual(Array.from(tiktoken.encode_ordinary(text)));
    expect(tokenizer.decode(ids)).toBe(text);
  }
  tiktoken.free();
});

test("tokens are named as there", () => {
  const tokenizer = Tokenizer.fromJSON(gpt2);
  expect(tokenizer.idToToken(995)).toBe("Ġworld");
  expect(tokenizer.tokenToId("Ġworld")).toBe(995);
  expect(tokenizer.tokenToId("<|endoftext|>")).toBe(50256);
  expect(tokenizer.tokenToId("no such token")).toBeUndefined();
  expect(tokenizer.tokenToId("世")).toBeUndefined();
  expect(tokenizer.idToToken(50257)).toBeUndefined();
});

/** That what we write means in Hugging Face's library, and in ours after reading it back, what it means here. */
function sameElsewhere(tokenizer: Tokenizer, runs: number): void {
  const written = JSON.stringify(tokenizer);
  const theirs = new HuggingFace(JSON.parse(written), { clean_up_tokenization_spaces: false });
  const again = Tokenizer.fromJSON(written);
  expect(JSON.stringify(again)).toBe(written);
  expect(again.vocabSize).toBe(tokenizer.vocabSize);
  fc.assert(
    fc.property(someText, (parts) => {
      const text = parts.join("");
      const ids = tokenizer.encode(text, { allowedSpecial: "all" });
      expect(theirs.encode(text, { add_special_tokens: false }).ids).toEqual(ids);
      expect(again.encode(text, { allowedSpecial: "all" })).toEqual(ids);
      if (ids.length > 0) expect(theirs.decode(ids, { skip_special_tokens: false })).toBe(tokenizer.decode(ids));
    }),
    { numRuns: runs },
  );
}

test.each(["gpt2", "cl100k", "o200k", "llama3", "whitespace"] as const)(
  "a trained tokenizer, pattern %s",
  async (pattern) => {
    const options = {
      kind: "bpe",
      vocabSize: 400,
      pattern,
      specialTokens: ["<|end|>", "<|end|>user", "__proto__"],
    } as const;
    sameElsewhere(await trainTokenizer(corpus(3), options), 60);
  },
);

test("a trained tokenizer with normalizers", async () => {
  const tokenizer = await trainTokenizer(corpus(3), { kind: "bpe", vocabSize: 300, normalizers: ["NFD", "Lowercase"] });
  expect(tokenizer.decode(tokenizer.encode("É"))).toBe("e\u0301");
  sameElsewhere(tokenizer, 40);
});

test("tiktoken's cl100k_base by way of tokenizer.json", () => {
  const data = tiktokenData("cl100k_base");
  const tokenizer = tokenizerFromTiktoken(data.bpe_ranks, { pattern: "cl100k", specialTokens: data.special_tokens });
  expect(tokenizer.vocabSize).toBe(100277);
  expect(tokenizer.encode("hello world")).toEqual([15339, 1917]);
  sameElsewhere(tokenizer, 60);
});

test("a merge that is listed twice has its last place, there too", () => {
  const model = { type: "BPE", vocab: { a: 0, b: 1, c: 2, ab: 3, bc: 4 }, merges: ["a b", "b c", "a b"] };
  const stages = { added_tokens: [], normalizer: null, pre_tokenizer: null, post_processor: null, decoder: null };
  const theirs = new HuggingFace({ ...stages, model } as unknown as object, {});
  expect(theirs.encode("abc").ids).toEqual([0, 4]);
  expect(Tokenizer.fromJSON({ ...stages, model }).encode("abc")).toEqual([0, 4]);
});

test("a character vocabulary", async () => {
  const tokenizer = await trainTokenizer(texts, { kind: "char", unknownToken: "<unk>", specialTokens: ["<|end|>"] });
  const theirs = new HuggingFace(JSON.parse(JSON.stringify(tokenizer)), { clean_up_tokenization_spaces: false });
  for (const text of [...texts.filter(Boolean), "Hello 🙃<|end|>"]) {
    const ids = tokenizer.encode(text, { allowedSpecial: "all" });
    expect(theirs.encode(text, { add_special_tokens: false }).ids).toEqual(ids);
    expect(Tokenizer.fromJSON(JSON.stringify(tokenizer)).encode(text, { allowedSpecial: "all" })).toEqual(ids);
    expect(theirs.decode(ids, { skip_special_tokens: false })).toBe(tokenizer.decode(ids));
  }
});
