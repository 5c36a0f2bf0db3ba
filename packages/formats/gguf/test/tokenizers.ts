// A tokenizer.json of each kind, as small as can be.

import { type MetadataValue, tokenizerToGGUF } from "../src/index.js";

export type Json = Record<string, unknown>;

export const special = (id: number, content: string) => ({ id, content, special: true });
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

export const llama: Json = {
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
export const t5: Json = {
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
export const bert: Json = {
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
export const gpt2: Json = {
  added_tokens: [special(3, "<|endoftext|>")],
  pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
  model: { type: "BPE", vocab: { a: 0, b: 1, ab: 2, "<|endoftext|>": 3 }, merges: [["a", "b"]] },
};
export const kinds = { llama, t5, bert, gpt2 };
export type KindName = keyof typeof kinds;

/** As a published file has it: without the tokenizer.json. */
export function published(json: Json, vocabSize?: number): Map<string, MetadataValue> {
  const metadata = tokenizerToGGUF(json, { vocabSize });
  metadata.delete("tokenizer.huggingface.json");
  return metadata;
}
