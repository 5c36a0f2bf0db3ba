// The kinds of tokenizers, trained, and for which texts llama.cpp gives other ids than they do: as the README of @llm/gguf says.

import { Tokenizer, type TrainTokenizerOptions, trainPreset, trainTokenizer } from "@llm/tokenizer";
import { allScripts, awkwardTexts, textsBySeed } from "../src/index.js";

const seeds = Number(process.env.LLM_FUZZ_TEXTS ?? 600);
export const texts = [...awkwardTexts, ...textsBySeed(1, seeds)];
/** To learn from: other texts of the same scripts, but for those of very many characters. */
const few = allScripts.filter((name) => !["ideographs", "hangul", "mathematical"].includes(name));
export const lessons = [...textsBySeed(2, 500, few), ...awkwardTexts, ...awkwardTexts, ...awkwardTexts];
export const end = "<|endoftext|>";
export const withSpecial = [end, `a${end}b`, ` a ${end}  b${end}${end}`, `<s>x</s> y${end}`, `${end}\n`];

export interface Kind {
  name: string;
  tokenizer(): Promise<Tokenizer>;
  /** Texts for which llama.cpp gives other ids. */
  differs?: Texts;
  examples?: string[];
  /** Texts for which the tokenizer that is made of the file alone gives other ids than ours. */
  lost?: Texts;
}

/** Which texts, for a tokenizer. */
export type Texts = RegExp | ((text: string, ours: Tokenizer) => boolean);

export const trained = (options: TrainTokenizerOptions) => () =>
  trainTokenizer(lessons, { vocabSize: 3000, specialTokens: [end], ...options });

export interface Json {
  added_tokens: object[];
  normalizer: { type: string; normalizers?: object[] } | null;
  pre_tokenizer: object | null;
  model: { vocab: [string, number][] };
}

/** The tokenizer with other values in its tokenizer.json. */
export function changed(tokenizer: Tokenizer, change: (json: Json) => void): Tokenizer {
  const json = JSON.parse(JSON.stringify(tokenizer));
  change(json);
  return Tokenizer.fromJSON(json);
}

/** Scores as GGUF has them, in float32: of others, two cuts that are equally likely may sum up the other way round. */
const rounded = (tokenizer: Tokenizer): Tokenizer =>
  changed(tokenizer, ({ model }) => {
    for (const piece of model.vocab) piece[1] = Math.fround(piece[1]);
  });

const cased = { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: false };
const bytes = (pattern: "gpt2" | "llama3" | "qwen2" | "falcon" | "o200k"): Kind => ({
  name: `BPE on bytes, ${pattern}`,
  tokenizer: trained({ kind: "bpe", pattern, vocabSize: 1000 }),
});

/** Whether NFKC puts marks in order, or composes them, where a map of characters does not: see charsmap.ts. */
const unordered = (text: string): boolean =>
  /\p{M}{2}/u.test(text) ||
  Array.from(text.matchAll(/(.)\p{M}/gsu), ([, character = ""]) => character).some(
    (character) => character > "\ud7ff" || character.normalize("NFKC").length > 1,
  );

export const encoded = (tokenizer: Tokenizer, text: string): number[] =>
  tokenizer.encode(text, { disallowedSpecial: "text" });
export const pieces = (tokenizer: Tokenizer, text: string): string[] =>
  encoded(tokenizer, text).map((id) => tokenizer.idToToken(id) as string);
const onlyBlanks = (text: string, ours: Tokenizer): boolean => /^▁*$/.test(pieces(ours, text).join(""));

export const kinds: Kind[] = [
  { name: "BPE on characters", tokenizer: trained({ kind: "character-bpe" }) },
  {
    name: "BPE on characters, without a blank in front",
    tokenizer: async () =>
      changed(await trained({ kind: "character-bpe" })(), (json) => {
        json.normalizer = { type: "Sequence", normalizers: json.normalizer?.normalizers?.slice(1) };
      }),
    // What spells a special token out may be joined to it.
    differs: /<unk>|<\|endoftext\|>/,
    examples: ["<unk>"],
  },
  {
    name: "Unigram",
    tokenizer: async () => rounded(await trained({ kind: "unigram", byteFallback: false })()),
    differs: onlyBlanks,
    examples: [" ", "   "],
  },
  {
    name: "Unigram with bytes",
    tokenizer: async () => rounded(await trained({ kind: "unigram" })()),
    // What has no piece is unknown there, and no bytes.
    differs: (text, ours) => onlyBlanks(text, ours) || pieces(ours, text).some((piece) => /^<0x..>$/.test(piece)),
    examples: [" ", "帄"],
  },
  {
    name: "Unigram that removes blanks",
    tokenizer: async () =>
      changed(rounded(await trained({ kind: "unigram", byteFallback: false })()), (json) => {
        json.normalizer?.normalizers?.unshift(
          { type: "Replace", pattern: { Regex: "\\A +| +\\z" }, content: "" },
          { type: "Replace", pattern: { Regex: " {2,}" }, content: " " },
        );
      }),
  },
  {
    name: "T5",
    tokenizer: async () => rounded(await trainPreset("t5", lessons, { vocabSize: 3000 })),
    differs: (text, ours) => onlyBlanks(text, ours) || unordered(text) || /\p{Cs}/u.test(text),
    examples: [" ", "a\u0316\u0301"],
    lost: (text) => unordered(text) || /\p{Cs}/u.test(text),
  },
  {
    name: "WordPiece",
    tokenizer: trained({ kind: "wordpiece" }),
    differs: /[\v\f\x85]|[\p{Mc}\p{Me}\p{Cn}]|[가-힣]|[^\s]{101}|▁/u,
    examples: ["a\fb", "ही", "한국어", "ab".repeat(60)],
  },
  {
    name: "WordPiece, cased",
    tokenizer: trained({ kind: "wordpiece", normalizers: [cased] }),
    differs: /[\v\f\x85]|\p{Cn}|[^\s]{101}|▁/u,
    examples: ["a\fb", "ab".repeat(60)],
  },
  ...(["gpt2", "llama3", "qwen2", "falcon"] as const).map(bytes),
  {
    ...bytes("o200k"),
    // Marks, and letters that have case beyond ASCII, which its expression there does not tell apart.
    differs: /\p{M}|\p{Lt}|[^\P{Lu}A-Z]|[^\P{Ll}a-z]/u,
    examples: ["a\u0301".repeat(20)],
  },
];
