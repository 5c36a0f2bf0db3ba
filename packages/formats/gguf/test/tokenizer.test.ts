// Tokenizers as metadata: what stands where, and metadata that lies. packages/tooling/interop compares ids with llama.cpp's.

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  bool,
  GGUFError,
  type Metadata,
  type MetadataValue,
  numbers,
  string,
  strings,
  tokenizerFromGGUF,
  tokenizerToGGUF,
  uint32,
} from "../src/index.js";

type Json = Record<string, unknown>;

const special = (id: number, content: string) => ({ id, content, special: true });
const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, "0")}>`);
const replace = (pattern: object, content: string) => ({ type: "Replace", pattern, content });
const template = (before: string[], after: string[], ids: Record<string, number>) => ({
  type: "TemplateProcessing",
  single: [
    ...before.map((id) => ({ SpecialToken: { id, type_id: 0 } })),
    { Sequence: { id: "A", type_id: 0 } },
    ...after.map((id) => ({ SpecialToken: { id, type_id: 0 } })),
  ],
  pair: [],
  special_tokens: Object.fromEntries(Object.entries(ids).map(([id, n]) => [id, { id, ids: [n], tokens: [id] }])),
});

const llama: Json = {
  added_tokens: [special(0, "<unk>"), special(1, "<s>"), { id: 262, content: "<tool>", special: false }],
  normalizer: {
    type: "Sequence",
    normalizers: [{ type: "Prepend", prepend: "▁" }, replace({ String: " " }, "▁")],
  },
  post_processor: template(["<s>"], [], { "<s>": 1 }),
  model: {
    ...{ type: "BPE", unk_token: "<unk>", fuse_unk: true, byte_fallback: true },
    vocab: Object.fromEntries(["<unk>", "<s>", ...bytes, "▁", "a", "b", "▁a"].map((token, id) => [token, id])),
    merges: ["▁ a"],
  },
};
const t5: Json = {
  added_tokens: [special(0, "<pad>"), special(1, "</s>"), special(2, "<unk>")],
  normalizer: { type: "Precompiled", precompiled_charsmap: "AAEC/w==" },
  pre_tokenizer: {
    type: "Sequence",
    pretokenizers: [{ type: "WhitespaceSplit" }, { type: "Metaspace", replacement: "▁", add_prefix_space: true }],
  },
  post_processor: template([], ["</s>"], { "</s>": 1 }),
  model: {
    ...{ type: "Unigram", unk_id: 2 },
    vocab: [...["<pad>", "</s>", "<unk>"].map((piece) => [piece, 0]), ["▁a", -1.5], ["b", -2.25]],
  },
};
const bert: Json = {
  added_tokens: ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"].map((token, id) => special(id, token)),
  normalizer: {
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: "BertPreTokenizer" },
  post_processor: { type: "BertProcessing", sep: ["[SEP]", 3], cls: ["[CLS]", 2] },
  model: {
    ...{ type: "WordPiece", unk_token: "[UNK]", continuing_subword_prefix: "##", max_input_chars_per_word: 100 },
    vocab: Object.fromEntries(
      ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "play", "##ing"].map((token, id) => [token, id]),
    ),
  },
};
const gpt2: Json = {
  added_tokens: [special(3, "<|endoftext|>")],
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
  model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2, "<|endoftext|>": 3 }, merges: [["a", "b"]] },
};
const kinds = { llama, t5, bert, gpt2 };
type KindName = keyof typeof kinds;

/** As a published file has it: without the tokenizer.json. */
function published(json: Json, vocabSize?: number): Map<string, MetadataValue> {
  const metadata = tokenizerToGGUF(json, { vocabSize });
  metadata.delete("tokenizer.huggingface.json");
  return metadata;
}

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

describe("hostile metadata", () => {
  const t = (key: string): string => `tokenizer.ggml.${key}`;
  test.each<[KindName, string, MetadataValue | undefined, string]>([
    ["gpt2", "model", string("rwkv"), '"rwkv" cannot be read; gpt2, llama, t5, bert can'],
    ["gpt2", "model", undefined, "the file does not have it"],
    ["gpt2", "pre", string("kimi-k2"), 'as "kimi-k2" does is not known; known are gpt-2'],
    ["gpt2", "pre", uint32(1), "must be a string"],
    ["gpt2", "merges", strings(["a"]), 'merge 0, "a", must be two tokens that make a third'],
    ["gpt2", "merges", strings(["a b", "b a"]), "merge 1"],
    ["gpt2", "merges", undefined, "does not have it"],
    ["llama", "tokens", strings([]), "has 0 tokens"],
    ["llama", "tokens", numbers("uint8", [1]), "must be an array of strings"],
    ["gpt2", "tokens", strings(["a", "b", "ab", "a"]), '"a" is there twice, as 0 and 3'],
    ["llama", "scores", numbers("float32", [1]), "has 1 values for 263 tokens"],
    ["llama", "scores", strings(["1"]), "must be an array of numbers"],
    ["llama", "scores", numbers("float32", new Array(263).fill(Number.NaN)), "token 0 has the score NaN"],
    ["llama", "token_type", numbers("int32", []), "has 0 values for 263 tokens"],
    ["llama", "token_type", numbers("int32", new Array(263).fill(7)), "token 0 has the type 7"],
    ["llama", "bos_token_id", uint32(263), "is 263, but the file has 263 tokens"],
    ["llama", "bos_token_id", bool(true), "must be a number"],
    ["llama", "add_bos_token", string("yes"), "must be a bool"],
    ["t5", "unknown_token_id", uint32(2 ** 32 - 1), "but the file has 5 tokens"],
    ["t5", "precompiled_charsmap", numbers("int32", [256]), "must be bytes, got 256 as value 0"],
    ["t5", "precompiled_charsmap", string("AA"), "must be an array of numbers"],
    ["t5", "remove_extra_whitespaces", uint32(1), "must be a bool"],
    ["bert", "tokens", strings(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "▁##a", "a"]), "are both"],
    ["bert", "normalizer.lowercase", uint32(0), "must be a bool"],
  ])("%s: %s", (kind, key, value, message) => {
    const metadata = published(kinds[kind]);
    if (value) metadata.set(t(key), value);
    else metadata.delete(t(key));
    expect(() => tokenizerFromGGUF(metadata)).toThrow(GGUFError);
    expect(() => tokenizerFromGGUF(metadata)).toThrow(message);
  });

  test("a piece that is endless", () => {
    const metadata = published(llama);
    const tokens = [...(metadata.get(t("tokens"))!.value as string[])];
    tokens[260] = "a".repeat(5000);
    expect(() => tokenizerFromGGUF(metadata.set(t("tokens"), strings(tokens)))).toThrow("is longer than 1024");
  });

  test("a tokenizer.json that is none", () => {
    const metadata = published(gpt2);
    const json = (text: string) => metadata.set("tokenizer.huggingface.json", string(text));
    expect(() => tokenizerFromGGUF(json("{"))).toThrow("is not valid JSON");
    expect(() => tokenizerFromGGUF(json("[]"))).toThrow("must be an object");
    for (const other of [t5, llama, { ...gpt2, added_tokens: [special(4, "x")] }])
      expect(() => tokenizerFromGGUF(json(JSON.stringify(other)))).toThrow("but the file has 4 tokens");
  });
});

describe("fuzzed", () => {
  const anyValue: fc.Arbitrary<MetadataValue> = fc.oneof(
    fc.string().map(string),
    fc.boolean().map(bool),
    fc.constantFrom(0, 1, 4, 262, 2 ** 31, 2 ** 32 - 1).map(uint32),
    fc.array(fc.constantFrom("a", "b", "a b", "", "▁", "▁a", "##", "[CLS]", "<0x00>"), { maxLength: 8 }).map(strings),
    fc
      .array(fc.oneof(fc.integer({ min: -2, max: 300 }), fc.float()), { maxLength: 8 })
      .map((v) => numbers("float32", v)),
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => ({ type: "uint64" as const, value })),
  );

  test("metadata is read, or refused with a GGUFError", () => {
    const names = fc.constantFrom(...(Object.keys(kinds) as KindName[]));
    fc.assert(
      fc.property(names, fc.array(fc.tuple(fc.nat(30), anyValue), { minLength: 1, maxLength: 4 }), (kind, changes) => {
        const metadata = published(kinds[kind]);
        const keys = [...metadata.keys()];
        for (const [at, value] of changes) {
          const key = keys[at % keys.length]!;
          const list = metadata.get(key)!.value;
          // Half of the lists keep their length, so that what is in them is looked at.
          if (Array.isArray(list) && Array.isArray(value.value) && at % 2 === 0 && value.value.length > 0) {
            const longer = Array.from(
              list,
              (_, i) => (value.value as unknown[])[i % (value.value as unknown[]).length],
            );
            metadata.set(key, { ...value, value: longer } as MetadataValue);
          } else metadata.set(key, value);
        }
        onlyGGUFErrors(() => JSON.stringify(tokenizerFromGGUF(metadata)));
      }),
      { numRuns: 3000 },
    );
  });

  test("a tokenizer.json is written, or refused with a GGUFError", () => {
    const names = fc.constantFrom(...(Object.keys(kinds) as KindName[]));
    fc.assert(
      fc.property(
        names,
        fc.array(fc.tuple(fc.nat(), fc.anything()), { minLength: 1, maxLength: 3 }),
        (kind, changes) => {
          const json = structuredClone(kinds[kind]);
          for (const [at, value] of changes) {
            const places = placesIn(json);
            const [holder, key] = places[at % places.length]!;
            holder[key] = value;
          }
          onlyGGUFErrors(() => tokenizerToGGUF(parseable(json)));
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** All fields and elements, but of the long lists only some. */
function placesIn(value: unknown): [Record<string, unknown>, string][] {
  if (typeof value !== "object" || value === null) return [];
  const holder = value as Record<string, unknown>;
  return Object.keys(holder)
    .slice(0, 12)
    .flatMap((key) => [[holder, key] as [Record<string, unknown>, string], ...placesIn(holder[key])]);
}

/** What JSON can hold of a value. */
function parseable(value: unknown): Json {
  const text = JSON.stringify(value, (_, each) => (typeof each === "bigint" ? Number(each) : each));
  return JSON.parse(text ?? "{}") as Json;
}

function onlyGGUFErrors(run: () => void): void {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(GGUFError);
  }
}
