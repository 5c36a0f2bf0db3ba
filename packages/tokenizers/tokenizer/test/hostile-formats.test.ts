// Hostile files of the other formats: .tiktoken, sentencepiece's .model, vocab.txt, vocab.json with merges.txt.

import { formatTiktoken } from "@llm/bpe";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Tokenizer,
  tokenizerFromGpt2,
  tokenizerFromSentencePiece,
  tokenizerFromTiktoken,
  tokenizerFromVocabTxt,
  tokenizerToGpt2,
  tokenizerToSentencePiece,
  tokenizerToVocabTxt,
  trainPreset,
  trainTokenizer,
} from "../src/index.js";
import { survives } from "./hostile.js";

const texts = ["the cat sat on the mat, the rat ate the cat's hat 世界\n".repeat(4)];
const bpe = await trainTokenizer(texts, { kind: "bpe", vocabSize: 290, specialTokens: ["<|endoftext|>"] });
const gpt2 = tokenizerToGpt2(bpe);
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const asText = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const tiktoken = (text: string): Tokenizer => tokenizerFromTiktoken(text, { pattern: "cl100k" });
const ranks = Array.from({ length: 280 }, (_, id): [Uint8Array, number] => [bpe.tokenBytes(id)!, id]);
const unigram = await trainTokenizer(texts, { kind: "unigram", vocabSize: 290 });
const spm = await trainTokenizer(texts, { kind: "character-bpe", vocabSize: 300 });

/** Format → a file of it, how it is read, and how many of the shorter ones may be whole at most. */
const formats: [string, Uint8Array, (bytes: Uint8Array) => Tokenizer, number][] = [
  [".tiktoken", utf8(formatTiktoken(ranks)), (bytes) => tiktoken(asText(bytes)), 900],
  [
    "vocab.txt",
    utf8(tokenizerToVocabTxt(await trainPreset("bert", texts, { vocabSize: 60 }))),
    (bytes) => tokenizerFromVocabTxt(asText(bytes)),
    400,
  ],
  ["vocab.json", utf8(gpt2.vocabJson), (bytes) => tokenizerFromGpt2({ ...gpt2, vocabJson: asText(bytes) }), 0],
  ["merges.txt", utf8(gpt2.mergesTxt), (bytes) => tokenizerFromGpt2({ ...gpt2, mergesTxt: asText(bytes) }), 400],
  ["a unigram .model", tokenizerToSentencePiece(unigram), tokenizerFromSentencePiece, 3],
  ["a BPE .model", tokenizerToSentencePiece(spm), tokenizerFromSentencePiece, 3],
];

describe.each(formats)("%s", (_, good, read, whole) => {
  test("as it is, and cut off after any byte", () => {
    expect(survives(() => read(good))).toBe(true);
    let survivors = 0;
    for (let length = 0; length < good.length; length++)
      if (survives(() => read(good.subarray(0, length)))) survivors++;
    // A list of lines is whole after any line, and a number is one after any digit.
    expect(survivors).toBeLessThanOrEqual(whole);
  });

  test("bytes changed, put in and taken out, lines and all", () => {
    const edits = fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom("set", "insert", "remove", "copy")), {
      minLength: 1,
      maxLength: 6,
    });
    fc.assert(
      fc.property(edits, (list) => {
        const bytes = [...good];
        for (const [spot, byte, how] of list) {
          const at = spot % bytes.length;
          if (how === "set") bytes[at] = byte;
          else if (how === "insert") bytes.splice(at, 0, byte);
          else if (how === "remove") bytes.splice(at, 1 + (byte % 3));
          else bytes.splice(at, 0, ...bytes.slice(at, at + byte));
        }
        survives(() => read(Uint8Array.from(bytes)));
      }),
      { numRuns: 500 },
    );
  });
});

const withVocab = (change: string): (() => Tokenizer) => {
  return () => tokenizerFromGpt2({ ...gpt2, vocabJson: gpt2.vocabJson.replace("{", `{${change},`) });
};
const withMerge = (line: string): (() => Tokenizer) => {
  return () => tokenizerFromGpt2({ ...gpt2, mergesTxt: gpt2.mergesTxt.replace("\n", `\n${line}\n`) });
};
const line = (text: string): string => `${btoa(text)}`;

test.each<[string, () => Tokenizer, string]>([
  ["an id that is gigantic", withVocab('"zz":2147483648'), 'vocab.json: the content["zz"] must be an id'],
  ["an id below zero", withVocab('"zz":-1'), "vocab.json: "],
  ["an id that is infinite", withVocab('"zz":1e999'), "vocab.json: "],
  ["an id twice", withVocab('"zz":97'), "two tokens have the id 97"],
  ["a token that is no bytes", withVocab('"世":1000'), "byte-level characters"],
  ["a merge of what is missing", withMerge("a zzzz"), "merges.txt: merge 1 must be made of tokens"],
  ["a merge into what is missing", withMerge("q q"), "merges.txt: BPE: merge 0"],
  ["a merge of one", withMerge("a"), "merges.txt: merge 1 must be two tokens"],
  ["a merge of nothing", withMerge("a "), "merges.txt: merge 1 must be made of tokens"],
  ["a merge of itself", withMerge("zz zz"), "merges.txt: merge 1"],
  ["a rank that is gigantic", () => tiktoken(`${line("a")} 4294967296`), "tiktoken: BPE: a token id must be"],
  ["a rank that is none", () => tiktoken(`${line("a")} NaN`), "line 1 must be"],
  ["a rank below zero", () => tiktoken(`${line("a")} -1`), "a token id must be"],
  ["a rank twice", () => tiktoken(`${line("a")} 1\n${line("b")} 1`), "two tokens have the id 1"],
  ["a token twice", () => tiktoken(`${line("a")} 1\n${line("a")} 2`), "the same bytes [97]"],
  ["a token of nothing", () => tiktoken("! 0 = ="), "not base64"],
  ["ranks without end", () => tiktoken(`! 2097151 ${line("a")} ${line("b")}`), "a token id must be"],
  ["an empty line", () => tokenizerFromVocabTxt("[UNK]\n\na"), "line 2 is empty"],
  ["a line twice", () => tokenizerFromVocabTxt("[UNK]\na\na"), 'the token "a" comes twice'],
  ["no unknown token", () => tokenizerFromVocabTxt("a\nb"), 'lacks the unknown token "[UNK]"'],
])("refused with the place named: %s", (_, read, message) => {
  expect(survives(read)).toBe(false);
  expect(read).toThrow(message);
});

test("tokens named like properties", () => {
  const names = ["__proto__", "constructor", "toString"];
  const vocab = tokenizerFromVocabTxt(["[UNK]", ...names].join("\n"), { lowercase: false });
  const json = withVocab('"__proto__":1001,"constructor":1002')();
  for (const name of names.slice(0, 2)) {
    expect(vocab.idToToken(vocab.tokenToId(name)!)).toBe(name);
    expect(json.idToToken(json.tokenToId(name)!)).toBe(name);
  }
  expect(json.tokenToId("toString")).toBeUndefined();
  expect(vocab.encode("constructor valueOf")).toEqual([2, 0]);
  expect(Object.keys(tokenizerToGpt2(json)).length).toBe(2);
});

test("words of ten thousand characters, which are one token or many", () => {
  const long = "a".repeat(10_000);
  const vocab = { "[UNK]": 0, a: 1, "##a": 2, [`##${long}`]: 3, [long]: 4 };
  const tokenizer = Tokenizer.fromJSON({ model: { type: "WordPiece", vocab, max_input_chars_per_word: 10_000 } });
  expect(tokenizer.encode(long)).toEqual([4]);
  expect(tokenizer.encode(`${long.slice(1)}b`)).toEqual([0]);
  expect(tokenizer.encode(long.slice(1)).length).toBe(9_999);
});
