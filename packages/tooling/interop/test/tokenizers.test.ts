// llama.cpp gives texts the ids that our tokenizers give them, and a file without our tokenizer.json gives them, too.
//
// Each kind is trained, written, and asked for some hundred texts. Where llama.cpp is known to differ, `differs` says for
// which texts, as the README of @llm/gguf does, and `examples` shows that it still does.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Metadata, string, tokenizerFromGGUF, tokenizerToGGUF } from "@llm/gguf";
import { available } from "@llm/testing";
import { Tokenizer, type TrainTokenizerOptions, trainPreset, trainTokenizer } from "@llm/tokenizer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  allScripts,
  awkwardTexts,
  type LlamaVocabularies,
  type LlamaVocabulary,
  openVocabularies,
  textsBySeed,
} from "../src/index.js";

const root = mkdtempSync(join(tmpdir(), "interop-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const seeds = Number(process.env.LLM_FUZZ_TEXTS ?? 600);
const texts = [...awkwardTexts, ...textsBySeed(1, seeds)];
/** To learn from: other texts of the same scripts, but for those of very many characters. */
const few = allScripts.filter((name) => !["ideographs", "hangul", "mathematical"].includes(name));
const lessons = [...textsBySeed(2, 500, few), ...awkwardTexts, ...awkwardTexts, ...awkwardTexts];
const end = "<|endoftext|>";
const withSpecial = [end, `a${end}b`, ` a ${end}  b${end}${end}`, `<s>x</s> y${end}`, `${end}\n`];

interface Kind {
  name: string;
  tokenizer(): Promise<Tokenizer>;
  /** Texts for which llama.cpp gives other ids. */
  differs?: RegExp | ((text: string, ours: Tokenizer) => boolean);
  examples?: string[];
  /** Texts for which the tokenizer that is made of the file alone gives other ids than ours. */
  lost?: RegExp;
}

const trained = (options: TrainTokenizerOptions) => () =>
  trainTokenizer(lessons, { vocabSize: 3000, specialTokens: [end], ...options });

interface Json {
  added_tokens: object[];
  normalizer: { type: string; normalizers?: object[] } | null;
  pre_tokenizer: object | null;
  model: { vocab: [string, number][] };
}

/** The tokenizer with other values in its tokenizer.json. */
function changed(tokenizer: Tokenizer, change: (json: Json) => void): Tokenizer {
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

/** Marks that NFKC puts in order or composes, but a map of characters does not: see charsmap.ts. */
const unordered = /\p{M}{2}|[\u{10000}-\u{10ffff}]\p{M}|[\ufb00-\ufb06]\p{M}/u;

const encoded = (tokenizer: Tokenizer, text: string): number[] => tokenizer.encode(text, { disallowedSpecial: "text" });
const pieces = (tokenizer: Tokenizer, text: string): string[] =>
  encoded(tokenizer, text).map((id) => tokenizer.idToToken(id) as string);
const onlyBlanks = (text: string, ours: Tokenizer): boolean => /^▁*$/.test(pieces(ours, text).join(""));

const kinds: Kind[] = [
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
    differs: (text, ours) => onlyBlanks(text, ours) || unordered.test(text) || /\p{Cs}/u.test(text),
    examples: [" ", "a\u0316\u0301"],
    lost: new RegExp(`${unordered.source}|\\p{Cs}`, "u"),
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
    const known = (text: string): boolean => (differs instanceof RegExp ? differs.test(text) : differs(text, ours));
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
      if (!known(text)) compare("llama.cpp", text, ids, theirs.tokenize(text));
      if (!lost.test(text)) compare("rebuilt", text, ids, encoded(rebuilt, text));
    }
    for (const text of withSpecial) {
      const ids = ours.encode(text, { allowedSpecial: "all" });
      compare("llama.cpp with special tokens", text, ids, theirs.tokenize(text, true));
      compare("rebuilt with special tokens", text, ids, rebuilt.encode(text, { allowedSpecial: "all" }));
    }
    expect(wrong).toEqual([]);
    if (process.env.LLM_DEBUG) console.log(name, compared, "comparisons");
    // Most texts are looked at, and the known differences are still there.
    expect(compared).toBeGreaterThan(texts.length * 1.2);
    for (const text of examples) {
      expect(known(text)).toBe(true);
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

    test.each<[name: string, written: string, differs?: RegExp]>([
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
      ["deepseek-coder", "deepseek-coder", /(?![\t-\r ])\p{White_Space}/u],
      ["default", "default"],
      ["falcon", "falcon"],
    ])("%s", async (name, written, differs = /$^/) => {
      const named = new Map([...published(metadata), ["tokenizer.ggml.pre", string(name)]]);
      const theirs = await inLlama(name, named);
      const ours = Tokenizer.fromJSON(tokenizerFromGGUF(named));
      const wrong = texts
        .filter((text) => !differs.test(text) && theirs.tokenize(text).join() !== encoded(ours, text).join())
        .map((text) => [
          text,
          encoded(ours, text)
            .map((id) => ours.idToToken(id))
            .join(" | "),
          theirs
            .tokenize(text)
            .map((id) => ours.idToToken(id))
            .join(" | "),
        ]);
      await theirs.dispose();
      expect(wrong).toEqual([]);
      const again = tokenizerToGGUF(JSON.parse(JSON.stringify(ours)));
      expect(again.get("tokenizer.ggml.pre")?.value).toBe(written);
    });
  });
});
