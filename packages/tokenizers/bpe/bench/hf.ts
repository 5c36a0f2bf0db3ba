// A tokenizer.json that makes @huggingface/tokenizers encode as tiktoken does with the same ranks.

import { byteToUnicode } from "@llm/pretokenize";
import type { CharacterBPE } from "../src/characters.js";
import type { BPE } from "../src/index.js";

export function tokenizerJson(bpe: BPE, pattern: string): object {
  const names = new Map<number, string>();
  for (const [bytes, id] of bpe.tokens()) names.set(id, Array.from(bytes, (b) => byteToUnicode[b]).join(""));
  return {
    version: "1.0",
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: {
      type: "Sequence",
      pretokenizers: [
        { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false },
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false },
      ],
    },
    post_processor: null,
    decoder: { type: "ByteLevel" },
    model: {
      type: "BPE",
      ignore_merges: true,
      vocab: Object.fromEntries([...names].map(([id, name]) => [name, id])),
      merges: bpe.merges().map(([left, right]) => [names.get(left), names.get(right)]),
    },
  };
}

/** A tokenizer.json that makes @huggingface/tokenizers encode as sentencepiece does: "▁" for blanks, and one in front. */
export function characterTokenizerJson(bpe: CharacterBPE, byteFallback: boolean): object {
  const names = new Map([...bpe.tokens()].map(([token, id]) => [id, token]));
  return {
    version: "1.0",
    added_tokens: [],
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Prepend", prepend: "▁" },
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    model: {
      type: "BPE",
      unk_token: "<unk>",
      fuse_unk: true,
      byte_fallback: byteFallback,
      ignore_merges: false,
      vocab: Object.fromEntries(bpe.tokens()),
      merges: bpe.merges().map(([left, right]) => [names.get(left), names.get(right)]),
    },
  };
}
