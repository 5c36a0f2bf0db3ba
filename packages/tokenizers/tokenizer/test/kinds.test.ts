// Every kind of model: trained, saved, loaded, compared with Hugging Face's libraries, and written in its other formats.

import { Tokenizer as HuggingFace } from "@huggingface/tokenizers";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Tokenizer,
  TokenizerError,
  type TokenizerPresetName,
  tokenizerFromGpt2,
  tokenizerFromSentencePiece,
  tokenizerFromTiktoken,
  tokenizerFromVocabTxt,
  tokenizerPresets,
  tokenizerToGpt2,
  tokenizerToSentencePiece,
  tokenizerToTiktoken,
  tokenizerToVocabTxt,
  trainPreset,
} from "../src/index.js";
import rust from "./fixtures/rust.json" with { type: "json" };

const corpus = Array.from(
  { length: 40 },
  (_, i) =>
    `The quick brown fox no. ${i} jumps over 12 lazy dogs; isn't it? Grüße aus Köln. Привет, мир! 你好，世界。 안녕하세요\n`,
);
const names = Object.keys(tokenizerPresets) as TokenizerPresetName[];
const trained = new Map(
  await Promise.all(names.map(async (name) => [name, await trainPreset(name, corpus, { vocabSize: 450 })] as const)),
);
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc
    .array(fc.constantFrom(" ", "  ", "\n", "fox", "Grüße", "世界", "12", "isn't", "🦊", "ﬁ", "e\u0301"))
    .map((p) => p.join("")),
);
const wellFormed = (text: string): string => text.replace(/\p{Cs}/gu, "\ufffd");
const allowed = { allowedSpecial: "all" } as const;
const asText = { disallowedSpecial: "text" } as const;

describe.each(names)("%s", (name) => {
  const tokenizer = trained.get(name)!;
  const again = Tokenizer.fromJSON(JSON.stringify(tokenizer));

  test("what is saved and loaded is the same, with offsets or without", () => {
    expect(JSON.stringify(again)).toBe(JSON.stringify(tokenizer));
    fc.assert(
      fc.property(anyText, (text) => {
        const ids = tokenizer.encode(text, asText);
        expect(again.encode(text, asText)).toEqual(ids);
        const { offsets, ...encoding } = tokenizer.tokenize(text, { ...asText, addSpecialTokens: false });
        expect(encoding.ids).toEqual(ids);
        let last = 0;
        for (const [start, end] of offsets) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(start).toBeLessThanOrEqual(end);
          expect(end).toBeGreaterThanOrEqual(last);
          expect(end).toBeLessThanOrEqual(text.length);
          last = end;
        }
      }),
    );
  });

  test("the stream and the whole agree", () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: tokenizer.vocabSize - 1 })), (ids) => {
        const used = ids.filter((id) => tokenizer.idToToken(id) !== undefined);
        const stream = tokenizer.decodeStream();
        const pieces = used.map((id) => stream.push(id));
        for (const piece of pieces) expect(piece).toBe(wellFormed(piece));
        expect(pieces.join("") + stream.flush()).toBe(tokenizer.decode(used));
      }),
    );
  });

  if (["llama", "llama3", "chatglm", "falcon", "gpt2"].includes(name))
    test("decode undoes encode", () => {
      fc.assert(
        fc.property(anyText, (text) => {
          // ▁ is how a blank is written in sentencepiece's vocabularies.
          const given = tokenizer.model.tokenBytes ? wellFormed(text) : wellFormed(text).replaceAll("▁", " ");
          expect(tokenizer.decode(tokenizer.encode(given, asText))).toBe(given);
        }),
        { numRuns: 300 },
      );
    });

  test("npm @huggingface/tokenizers gives the same ids, with the template around", () => {
    // It has no Nmt, so both do without.
    const json = JSON.parse(JSON.stringify(tokenizer).replace('{"type":"Nmt"},', ""));
    const theirs = new HuggingFace(json, { clean_up_tokenization_spaces: false });
    const ours = Tokenizer.fromJSON(json);
    for (const text of corpus.slice(0, 3).concat("fox", "a  b", "12 345", "Köln 世界", "<s> [SEP]")) {
      const wanted = theirs.encode(text, { add_special_tokens: true }).ids;
      expect(ours.tokenize(text, allowed).ids).toEqual(wanted);
    }
  });
});

test.each(rust.cases)("as Hugging Face's own library, in Rust: $name", ({ name, tokenizer, texts }) => {
  const loaded = Tokenizer.fromJSON(tokenizer);
  for (const { text, pair, ids, offsets, typeIds, decoded } of texts) {
    const encoding = loaded.tokenize(text, { ...allowed, ...(pair !== null && { pair }) });
    expect(encoding.ids).toEqual(ids);
    expect(encoding.typeIds).toEqual(typeIds);
    // A character that NFKC made of several comes from all of them here, from the first of them there.
    if (name !== "T5") expect(encoding.offsets).toEqual(offsets);
    expect(loaded.decode(ids)).toBe(decoded);
  }
});

test("Falcon's cuts within characters: none of our tokens has one, and a file that does is cut as there", () => {
  // C3 BC is ü; BC, written ¼, is a number to the step for digits. Hugging Face's library gives two ids.
  const tokens = Array.from(
    { length: trained.get("falcon")!.vocabSize },
    (_, id) => trained.get("falcon")!.idToToken(id)!,
  );
  expect(tokens.filter((token) => /[²³¹¼½¾][^\d²³¹¼½¾]|[^\d²³¹¼½¾][²³¹¼½¾]/.test(token))).toEqual([]);
  const file = JSON.parse(JSON.stringify(trained.get("falcon")));
  file.model.vocab["Ã¼"] = 1000;
  file.model.merges.push(["Ã", "¼"]);
  const { vocab } = file.model;
  expect(Tokenizer.fromJSON(file).encode("ü")).toEqual([vocab.Ã, vocab["¼"]]);
  expect(
    Tokenizer.fromJSON({ ...file, pre_tokenizer: { type: "ByteLevel", add_prefix_space: false } }).encode("ü"),
  ).toEqual([1000]);
});

test("formats: each comes back as it went", () => {
  const encodes = (a: Tokenizer, b: Tokenizer): void => {
    for (const text of corpus.slice(0, 5)) expect(b.encode(text)).toEqual(a.encode(text));
    expect(b.vocabSize).toBe(a.vocabSize);
  };
  const gpt2 = trained.get("gpt2")!;
  encodes(gpt2, tokenizerFromGpt2(tokenizerToGpt2(gpt2)));
  const end = { "<|endoftext|>": gpt2.specialTokens.get("<|endoftext|>")! };
  encodes(gpt2, tokenizerFromTiktoken(tokenizerToTiktoken(gpt2), { pattern: "gpt2", specialTokens: end }));
  const bert = trained.get("bert")!;
  encodes(bert, tokenizerFromVocabTxt(tokenizerToVocabTxt(bert), { lowercase: true }));
  const llama = trained.get("llama")!;
  encodes(llama, tokenizerFromSentencePiece(tokenizerToSentencePiece(llama)));
  const json = Tokenizer.fromJSON(JSON.stringify(tokenizerFromSentencePiece(tokenizerToSentencePiece(llama))));
  encodes(llama, json);
});

test("what a format cannot say is refused", () => {
  const [bert, gpt2, t5] = [trained.get("bert")!, trained.get("gpt2")!, trained.get("t5")!];
  for (const write of [tokenizerToTiktoken, tokenizerToGpt2, tokenizerToSentencePiece])
    expect(() => write(bert)).toThrow(TokenizerError);
  expect(() => tokenizerToVocabTxt(gpt2)).toThrow(TokenizerError);
  expect(() => tokenizerToSentencePiece(t5)).toThrow("the normalizer");
  expect(() => tokenizerFromSentencePiece(new Uint8Array([1, 2, 3]))).toThrow(TokenizerError);
  expect(() => tokenizerFromVocabTxt("")).toThrow(TokenizerError);
  expect(() => tokenizerFromGpt2({ vocabJson: "{", mergesTxt: "" })).toThrow(TokenizerError);
});

test("truncation, padding, pairs", () => {
  const bert = trained.get("bert")!;
  const cut = bert.tokenize("the quick brown fox jumps", { truncation: { maxLength: 6, stride: 1 } });
  expect(cut.ids.length).toBe(6);
  expect([cut.tokens[0], cut.tokens.at(-1)]).toEqual(["[CLS]", "[SEP]"]);
  expect(cut.overflowing.length).toBeGreaterThan(0);
  expect(cut.overflowing[0]!.ids[1]).toBe(cut.ids.at(-2));
  const batch = bert.tokenizeBatch(["fox", ["the fox", "jumps"]], { padding: { multipleOf: 8, direction: "left" } });
  expect(new Set(batch.map(({ ids }) => ids.length % 8))).toEqual(new Set([0]));
  expect(batch[0]!.attentionMask[0]).toBe(0);
  expect(batch[1]!.typeIds.at(-1)).toBe(1);
  expect(() => bert.tokenize("fox", { truncation: { maxLength: 2, strategy: "onlySecond" } })).toThrow("cannot be cut");
});

test("tokenBytes: the bytes that a token adds", () => {
  for (const name of ["llama", "gpt2", "bert", "t5"] as const) {
    const tokenizer = trained.get(name)!;
    const ids = tokenizer.encode("fox jumps over");
    const bytes = ids.flatMap((id) => Array.from(tokenizer.tokenBytes(id)!));
    expect(new TextDecoder().decode(Uint8Array.from(bytes)).trim()).toBe("fox jumps over");
    expect(tokenizer.tokenBytes(10_000)).toBeUndefined();
  }
});
