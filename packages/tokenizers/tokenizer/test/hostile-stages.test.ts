// Stages that ask for more than any machine has: texts that double at each step, lists in lists, expressions that explode.

import { expect, test } from "vitest";
import { normalizer, Tokenizer, TokenizerError, tokenizerToSentencePiece } from "../src/index.js";
import { type Json, survives } from "./hostile.js";
import { oneRule } from "./stages.js";

const model = {
  type: "Unigram",
  unk_id: 0,
  vocab: [
    ["<unk>", 0],
    ["a", -1],
    ["e", -1],
    ["the", -2],
    ["▁", -3],
  ],
};
const times = <T>(count: number, value: T): T[] => new Array<T>(count).fill(value);
const doubling = (from: string): Json => ({ type: "Replace", pattern: { String: from }, content: from + from });
const metaspace = (replacement: string): Json => ({ type: "Metaspace", replacement, prepend_scheme: "always" });
const split = (Regex: string): Json => ({ type: "Split", pattern: { Regex }, behavior: "Isolated" });
/** Stands for lists in lists, so many that JSON.stringify would overflow the stack. */
const nested = (depth: number): string => `nested ${depth}`;
const written = (file: Json): string =>
  JSON.stringify(file).replace(/"nested (\d+)"/, (_, depth) => "[".repeat(depth) + "]".repeat(depth));
const templated = (single: Json, special: Json = {}): Json => ({
  post_processor: { type: "TemplateProcessing", single, pair: [], special_tokens: special },
});

test.each<[string, Json, string]>([
  [
    "a normalizer that doubles",
    { normalizer: { type: "Sequence", normalizers: times(60, doubling("a")) } },
    "within 1048736",
  ],
  [
    "rules of sentencepiece that write megabytes",
    { normalizer: { type: "Precompiled", precompiled_charsmap: oneRule("b".repeat(2_000_000)) } },
    "rules make more than",
  ],
  ["a prefix of megabytes", { normalizer: { type: "Prepend", prepend: "a".repeat(1e6) } }, "1024 characters at most"],
  [
    "a replacement of megabytes",
    { normalizer: { type: "Replace", pattern: { Regex: "" }, content: "a".repeat(4e6) } },
    "within 16777216",
  ],
  ["a decoder that doubles", { decoder: { type: "Sequence", decoders: times(60, doubling("a")) } }, "within 1048576"],
  ["blanks between all", { decoder: { type: "Metaspace", replacement: "" } }, "decoder.replacement must be a text"],
  ["a delimiter everywhere", { decoder: { type: "CTC", word_delimiter_token: "" } }, "decoder.word_delimiter_token"],
  [
    "marks before marks",
    { pre_tokenizer: { type: "Sequence", pretokenizers: [metaspace("x"), metaspace("y"), metaspace("x")] } },
    "pretokenizers[1].type must be another step than a second Metaspace",
  ],
  [
    "bytes of bytes of bytes",
    { pre_tokenizer: { type: "Sequence", pretokenizers: times(40, { type: "ByteLevel", use_regex: false }) } },
    "a second ByteLevel",
  ],
  [
    "ten thousand steps",
    { normalizer: { type: "Sequence", normalizers: times(10_000, { type: "NFC" }) } },
    "256 steps",
  ],
  [
    "a hundred thousand characters of expressions",
    { pre_tokenizer: { type: "Sequence", pretokenizers: times(100, split("a".repeat(1000))) } },
    "20000 characters of expressions",
  ],
  ["a list in a list in a list", { normalizer: { type: "NFC", other: nested(50_000) } }, "nested 64 deep"],
  ["one in a pre-tokenizer", { pre_tokenizer: { type: "Digits", individual_digits: nested(9_000) } }, "nested 64 deep"],
  ["one in a decoder", { decoder: { type: "Fuse", other: nested(9_000) } }, "nested 64 deep"],
  ["one in a post-processor", { post_processor: { type: "ByteLevel", other: nested(9_000) } }, "nested 64 deep"],
  ["a second text where there is one", templated([{ Sequence: { id: "B" } }]), 'single[0].Sequence.id must be "A"'],
  ["a text a million times", templated(times(1e5, { Sequence: { id: "A" } })), "1024 tokens at most"],
  [
    "a token that is a million",
    templated([{ SpecialToken: { id: "x" } }], { x: { id: "x", ids: times(1e5, 1) } }),
    "1024 tokens at most",
  ],
  [
    "a template of what an object inherits",
    templated([{ SpecialToken: { id: "toString" } }]),
    'special_tokens["toString"]',
  ],
  [
    "padding of sixteen millions",
    { padding: { strategy: { Fixed: 2 ** 24 }, direction: "Right", pad_id: 0, pad_token: "a" } },
    "padding.strategy.Fixed must be a number of tokens up to 1048576",
  ],
  [
    "padding on both sides",
    { padding: { strategy: "BatchLongest", direction: "Both", pad_id: 0, pad_token: "a" } },
    "Left or Right",
  ],
  [
    "an object for a strategy",
    { truncation: { max_length: 3, strategy: { toString: 1, valueOf: 1 } } },
    "truncation.strategy",
  ],
  ["a side that is none", { truncation: { max_length: 3, direction: ["Left"] } }, "truncation.direction must be"],
])("refused: %s", (_, part, message) => {
  const text = written({ model, ...part });
  const read = (): Tokenizer => Tokenizer.fromJSON(text);
  expect(survives(read)).toBe(false);
  const encode = (): unknown => {
    const tokenizer = read();
    return [tokenizer.encode("a cat"), tokenizer.decode([1])];
  };
  expect(encode).toThrow(TokenizerError);
  expect(encode).toThrow(message);
});

test("added tokens of gigabytes, or that a normalizer makes so", () => {
  const added = Array.from({ length: 5000 }, (_, i) => ({ id: 10 + i, content: `${i}`.padEnd(1024, "a") }));
  const read =
    (part: Json): (() => Tokenizer) =>
    () =>
      Tokenizer.fromJSON({ model, ...part });
  expect(survives(read({ added_tokens: added }))).toBe(false);
  expect(read({ added_tokens: added })).toThrow("more than 4194304 characters");
  const growing = { type: "Replace", pattern: { String: "a" }, content: "b".repeat(100) };
  const grown = read({ added_tokens: added.slice(0, 10), normalizer: growing });
  expect(survives(grown)).toBe(false);
  expect(() => grown().encode("a")).toThrow("the normalizer makes");
});

test("what is left of an odd stage is written, or refused with a reason", () => {
  const odd = { type: "Strip", precompiled_charsmap: "no base64 !" };
  const tokenizer = new Tokenizer({ ...Tokenizer.fromJSON({ model }), normalizer: normalizer(odd) });
  expect(() => tokenizerToSentencePiece(tokenizer)).toThrow(TokenizerError);
});

test.each(["(a+)+$", "(a|aa)+b", "(.*)*x", "(a?){30}a{30}", "(?=(a+)+b)a", "(?:a{0,40}){0,40}b", "(?i)(a|A|aa)*!?$"])(
  "an expression that explodes elsewhere, in every place that has one: %s",
  (Regex) => {
    const replace = { type: "Replace", pattern: { Regex }, content: "a" };
    const stages = { normalizer: replace, pre_tokenizer: split(Regex), decoder: replace };
    const tokenizer = Tokenizer.fromJSON({ model, ...stages });
    const start = performance.now();
    for (const text of [`${"a".repeat(4000)}!`, "ab".repeat(2000), `${" ".repeat(4000)}b`]) {
      tokenizer.decode(tokenizer.encode(text));
    }
    expect(performance.now() - start).toBeLessThan(20_000);
  },
);

test("an expression that would need gigabytes for a long text says so", () => {
  const Regex = "(?:a*)*b(?:c?){1000}(?:d?){1000}";
  const tokenizer = Tokenizer.fromJSON({ model, pre_tokenizer: split(Regex) });
  expect(tokenizer.encode("a".repeat(100)).length).toBe(100);
  expect(() => tokenizer.encode("a".repeat(200_000))).toThrow("pre_tokenizer.pattern.Regex cannot be run on this text");
});

test("a batch of a hundred and fifty thousand texts is filled up", () => {
  const tokenizer = Tokenizer.fromJSON({ model });
  const batch = tokenizer.tokenizeBatch(times(150_000, "a"), { padding: { length: "longest" } });
  expect(batch.length).toBe(150_000);
});
