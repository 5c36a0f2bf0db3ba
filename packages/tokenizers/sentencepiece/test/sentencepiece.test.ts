import { Random } from "@llm/random";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  Normalizer,
  readModel,
  SentencePiece,
  SentencePieceError,
  trainSentencePiece,
  writeModel,
} from "../src/index.js";
import { fixture, modelBytes } from "./models.js";

describe.each(Object.entries(fixture.models))("%s, as sentencepiece has it", (name, { ids, decode, nbest }) => {
  const sp = SentencePiece.fromBytes(modelBytes(name));

  test("ids", () => {
    for (const [i, line] of fixture.lines.entries()) expect([line, sp.encode(line)]).toEqual([line, ids[i]]);
  });

  test("text of ids", () => {
    for (const [list, text] of decode) expect([list, sp.decode(list)]).toEqual([list, text]);
  });

  if (nbest)
    test("n-best lists", () => {
      for (const [i, line] of fixture.lines.entries()) {
        expect([line, sp.encodeNBest(line, 5).map((each) => each.ids)]).toEqual([line, nbest![i]]);
      }
    });

  test("the file is written as it was read", () => {
    expect(Buffer.from(sp.toBytes()).equals(Buffer.from(modelBytes(name)))).toBe(true);
  });

  test("what is decoded and encoded again is the same text", () => {
    for (const line of fixture.lines) {
      const text = sp.decode(sp.encode(line));
      expect(sp.decode(sp.encode(text))).toBe(sp.decode(sp.encode(sp.decode(sp.encode(text)))));
    }
  });
});

const lossless = SentencePiece.fromBytes(modelBytes("bpe-bytes"));

test("with byte fallback and no rules, decoding gives the text back, whatever it is", () => {
  const text = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }),
    fc.constantFrom("  a", "<sep>", "▁"),
  );
  for (const sp of [lossless, SentencePiece.fromBytes(modelBytes("unigram-bytes"))]) {
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), (parts) => {
        const input = parts.join("").replace(/\p{Surrogate}/gu, "\ufffd");
        // "▁" is how blanks are written, so it comes back as one.
        expect(sp.decode(sp.encode(input))).toBe(input.replaceAll("▁", " "));
      }),
      { numRuns: 300 },
    );
  }
});

test("symbols are known by name and type", () => {
  expect([lossless.unknownId, lossless.bosId, lossless.eosId, lossless.padId]).toEqual([0, 1, 2, undefined]);
  const sep = lossless.pieceToId("<sep>")!;
  expect([lossless.typeOf(sep), lossless.typeOf(1), lossless.typeOf(-1)]).toEqual([
    "user-defined",
    "control",
    undefined,
  ]);
  const bytes = [0, 1, lossless.pieceToId("<0x41>")!, lossless.pieceToId("▁play")!].map((id) =>
    lossless.tokenBytes(id),
  );
  expect(bytes.map((each) => new TextDecoder().decode(each))).toEqual([" \u2047 ", "", "A", " play"]);
  expect(lossless.tokenBytes(1e9)).toBeUndefined();
  expect(lossless.idToPiece(sep)).toBe("<sep>");
});

test("each unit of the normalized text knows where it is from", () => {
  const suffix = SentencePiece.fromBytes(modelBytes("unigram-suffix"));
  const input = "  \ufb01ne  e\u0301\u3000x\u200b ";
  const { text, offsets } = suffix.normalizeWithOffsets(input);
  expect(text).toBe("fine▁é▁x▁");
  expect([...offsets]).toEqual([2, 2, 3, 4, 5, 7, 9, 10, 12, 12]);
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (any) => {
      const made = suffix.normalizeWithOffsets(any);
      expect(made.text).toBe(suffix.normalize(any));
      expect(made.offsets).toHaveLength(made.text.length + 1);
      for (let i = 1; i < made.offsets.length; i++)
        expect(made.offsets[i]!).toBeGreaterThanOrEqual(made.offsets[i - 1]!);
      expect(made.offsets.at(-1)).toBeLessThanOrEqual(any.length);
    }),
  );
});

test("a normalizer alone", () => {
  const rules = new Map([
    ["ab", "x"],
    ["a", ""],
    ["abc", "y "],
  ]);
  const normalizer = new Normalizer({ rules, addDummyPrefix: false, userDefinedSymbols: ["cab"] });
  expect(normalizer.normalize(" abc ab a cab  b ")).toBe("y▁x▁cab▁b");
  expect(new Normalizer({ escapeWhitespaces: false, removeExtraWhitespaces: false }).normalize(" a")).toBe("  a");
});

test("samples are spellings of the text, and equal seeds give equal ones", () => {
  for (const [name, alpha] of [
    ["unigram-bytes", 0.05],
    ["bpe-bytes", 0.3],
  ] as const) {
    const sp = SentencePiece.fromBytes(modelBytes(name));
    const line = "playing walks <sep>Ω help readable learning";
    const draw = (seed: number): number[][] => {
      const random = new Random(seed);
      return Array.from({ length: 10 }, () => sp.sample(line, { alpha, random }));
    };
    const drawn = draw(1);
    expect(drawn).toEqual(draw(1));
    expect(new Set(drawn.map(String)).size).toBeGreaterThan(5);
    for (const ids of drawn) {
      expect(sp.decode(ids)).toBe(line);
      expect(ids).toContain(sp.pieceToId("<sep>"));
    }
  }
});

test("unused pieces fall apart into those that they were made of", () => {
  for (const name of ["bpe-bytes", "unigram-bytes"]) {
    const model = readModel(modelBytes(name));
    const whole = model.pieces.findIndex(({ piece }) => piece === "▁walk");
    expect(SentencePiece.fromBytes(writeModel(model)).encode("walk")).toEqual([whole]);
    model.pieces[whole] = { ...model.pieces[whole]!, type: "unused" };
    const sp = SentencePiece.fromBytes(writeModel(model));
    const ids = sp.encode("walk");
    expect(ids).not.toContain(whole);
    expect(ids.map((id) => sp.idToPiece(id)).join("")).toBe("▁walk");
  }
});

test("text is normalized after decoding if the model says so", () => {
  const model = readModel(modelBytes("bpe-bytes"));
  const { precompiledCharsmap } = readModel(modelBytes("unigram-suffix")).normalizerSpec!;
  model.denormalizerSpec = { precompiledCharsmap, addDummyPrefix: false, escapeWhitespaces: false };
  const sp = SentencePiece.fromBytes(writeModel(model));
  expect(sp.decode(sp.encode("a\ufb01\u3000b"))).toBe("afi b");
});

const stems = ["play", "walk", "jump", "talk", "look", "work", "start", "help"];
const texts = stems.map((stem) => `${stem} ${stem}ing ${stem}er ${stem}ed`);

test.each(["unigram", "bpe"] as const)("a %s model is learned, symbols first", async (kind) => {
  const stages: string[] = [];
  const options = {
    kind,
    vocabSize: 60,
    controlSymbols: ["<ctl>"],
    userDefinedSymbols: ["ing+"],
    characterCoverage: 1,
  };
  const onProgress = ({ stage }: { stage: string }): unknown => stages.push(stage);
  const sp = new SentencePiece(await trainSentencePiece(texts, { ...options, onProgress }));
  expect([sp.kind, sp.vocabSize <= 60, sp.bosId, sp.eosId]).toEqual([kind, true, 1, 2]);
  expect([0, 3, 4].map((id) => [sp.idToPiece(id), sp.typeOf(id)])).toEqual([
    ["<unk>", "unknown"],
    ["<ctl>", "control"],
    ["ing+", "user-defined"],
  ]);
  expect(sp.encode("ing+").map((id) => sp.idToPiece(id))).toEqual(["▁", "ing+"]);
  expect(sp.encode("talking").map((id) => sp.idToPiece(id))).toEqual(["▁talk", "ing"]);
  expect(sp.decode(sp.encode("worked  jumper"))).toBe("worked jumper");
  expect(stages).toContain(kind === "bpe" ? "merge" : "em");
});

test.each<[string, object, string]>([
  ["a kind that is none", { kind: "word", vocabSize: 60 }, 'must be "unigram" or "bpe"'],
  ["a vocabulary below its symbols", { vocabSize: 100, byteFallback: true }, "above 259"],
  ["a vocabulary below its characters", { vocabSize: 12 }, "characters"],
  ["a symbol twice", { vocabSize: 60, controlSymbols: ["<s>"] }, '"<s>"'],
])("%s cannot be learned", async (_, options, message) => {
  await expect(trainSentencePiece(texts, options as { vocabSize: number })).rejects.toThrow(message);
  await expect(trainSentencePiece(texts, options as { vocabSize: number })).rejects.toThrow(SentencePieceError);
});

test("text that is no list of texts is refused", async () => {
  await expect(trainSentencePiece("text", { vocabSize: 60 })).rejects.toThrow("got one text");
});

test.each<[string, () => unknown, string]>([
  ["an id out of range", () => lossless.decode([0, 1e6]), "got 1000000"],
  ["an id that is no whole number", () => lossless.decode([0.5]), "got 0.5"],
  ["several segmentations of BPE", () => lossless.encodeNBest("a", 2), "only unigram models"],
  ["samples of words", () => SentencePiece.fromBytes(modelBytes("word")).sample("a"), "this is word"],
  ["a dropout above 1", () => lossless.sample("a", { alpha: 2, random: new Random(1) }), "from 0 to 1"],
])("%s is an error that says so", (_, run, message) => {
  expect(run).toThrow(SentencePieceError);
  expect(run).toThrow(message);
});
