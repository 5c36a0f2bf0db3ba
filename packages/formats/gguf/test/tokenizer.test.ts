// Tokenizers as metadata: what stands where, and what cannot. packages/tooling/interop compares ids with llama.cpp's.

import { describe, expect, test } from "vitest";
import { GGUFError, type Metadata, tokenizerFromGGUF, tokenizerToGGUF } from "../src/index.js";
import { bert, gpt2, type Json, kinds, llama, published, special, t5 } from "./tokenizers.js";

const values = (metadata: Metadata): Json =>
  Object.fromEntries([...metadata].map(([key, { value }]) => [key.replace("tokenizer.ggml.", ""), value]));

describe("what stands where", () => {
  test("BPE on characters", () => {
    const { tokens, token_type, scores, ...rest } = values(published(llama, 264)) as Record<string, unknown[]>;
    expect(tokens!.slice(255)).toEqual(["<0xFD>", "<0xFE>", "<0xFF>", "▁", "a", "b", "▁a", "<tool>", "[PAD263]"]);
    expect(token_type!.slice(255)).toEqual([6, 6, 6, 1, 1, 1, 1, 4, 5]);
    expect(token_type!.slice(0, 3)).toEqual([2, 3, 6]);
    expect(scores!.slice(255)).toEqual([0, 0, 0, -1, -1, -1, 0, 0, -10000]);
    expect(rest).toEqual({
      ...{ model: "llama", pre: "default", add_space_prefix: true, add_bos_token: true, add_eos_token: false },
      ...{ bos_token_id: 1, unknown_token_id: 0 },
    });
  });

  test("Unigram", () => {
    expect(values(published(t5))).toEqual({
      ...{ model: "t5", pre: "default", tokens: ["<pad>", "</s>", "<unk>", "▁a", "b"], token_type: [3, 3, 2, 1, 1] },
      ...{ scores: [0, 0, 0, -1.5, -2.25], add_space_prefix: true, remove_extra_whitespaces: true },
      ...{ precompiled_charsmap: [0, 1, 2, 255], add_bos_token: false, add_eos_token: true },
      ...{ eos_token_id: 1, unknown_token_id: 2, padding_token_id: 0 },
    });
  });

  test("WordPiece", () => {
    expect(values(published(bert))).toEqual({
      ...{ model: "bert", pre: "default", token_type_count: 2 },
      tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "▁play", "ing"],
      ...{ token_type: [3, 3, 3, 3, 3, 1, 1], "normalizer.lowercase": true, "normalizer.strip_accents": true },
      ...{ add_bos_token: true, add_eos_token: false, add_sep_token: true, bos_token_id: 2, eos_token_id: 3 },
      ...{ seperator_token_id: 3, cls_token_id: 2, mask_token_id: 4, padding_token_id: 0, unknown_token_id: 1 },
    });
  });

  test.each(Object.entries(kinds))("%s comes back as it was, and rebuilt with the same pieces", (_, json) => {
    expect(tokenizerFromGGUF(tokenizerToGGUF(json))).toEqual(json);
    const rebuilt = tokenizerFromGGUF(published(json)) as Record<string, Json>;
    const model = json.model as Json;
    expect(rebuilt.model!.type).toBe(model.type);
    const vocab = (each: unknown): unknown => (Array.isArray(each) ? each : { ...(each as object) });
    const { "<|endoftext|>": _end, ...expected } = vocab(model.vocab) as Json;
    expect(rebuilt.model!.vocab).toMatchObject(Array.isArray(model.vocab) ? (model.vocab as object) : expected);
    // Written again it is the same file.
    expect(values(published(rebuilt))).toEqual(values(published(json)));
  });
});

describe("what llama.cpp cannot be told", () => {
  const changed = (json: Json, model: Json, more: Json = {}): Json => ({
    ...json,
    ...more,
    model: { ...(json.model as Json), ...model },
  });
  test.each<[string, Json, string]>([
    ["no bytes", changed(llama, { byte_fallback: false }), "needs byte_fallback"],
    ["whole pieces", changed(llama, { ignore_merges: true }), "model.ignore_merges has no place"],
    ["NFKC before BPE", changed(llama, {}, { normalizer: { type: "NFKC" } }), 'blanks must become "▁"'],
    [
      "a lower case before BPE on bytes",
      changed(gpt2, {}, { normalizer: { type: "Lowercase" } }),
      "normalizer Lowercase",
    ],
    [
      "another expression",
      changed(gpt2, {}, { pre_tokenizer: { type: "Split", pattern: { Regex: "x" } } }),
      "no name for",
    ],
    ["no unknown piece", changed(t5, { unk_id: null }), "model.unk_id must be"],
    ["Unigram on words", changed(t5, {}, { pre_tokenizer: { type: "Whitespace" } }), "pre_tokenizer Whitespace"],
    ["no ▁", changed(t5, {}, { pre_tokenizer: null }), 'blanks must become "▁"'],
    ["text as it is before WordPiece", changed(bert, {}, { normalizer: null }), "with BertNormalizer"],
    ["no [CLS]", changed(bert, { vocab: { "[UNK]": 0 } }, { added_tokens: [] }), "the token [CLS] is missing"],
    ["a model of words", changed(gpt2, { type: "WordLevel" }), "model.type WordLevel is not known"],
    ["one id twice", changed(gpt2, { vocab: { a: 0, b: 0 } }), '"a" and "b" have the id 0'],
    ["an id that is none", changed(gpt2, { vocab: { a: 2 ** 24 } }), "is no id of a token"],
    ["one text twice", { ...gpt2, added_tokens: [special(4, "a")] }, "tell them apart"],
  ])("%s", (_, json, message) => {
    expect(() => tokenizerToGGUF(json)).toThrow(GGUFError);
    expect(() => tokenizerToGGUF(json)).toThrow(message);
  });

  test("fewer rows than tokens", () => {
    expect(() => tokenizerToGGUF(gpt2, { vocabSize: 2 })).toThrow("but the model has only 2 tokens");
  });
});
