// Models that ask for more than any machine has, or for numbers that no score should be.

import { Random } from "@llm/random";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readModel, SentencePiece, SentencePieceError, type SentencePieceModel, writeModel } from "../src/index.js";
import { modelBytes } from "./models.js";

const changed = (name: string, change: (model: SentencePieceModel) => void): Uint8Array => {
  const model = readModel(modelBytes(name));
  change(model);
  return writeModel(model);
};

/** A map of one rule, "a" → `replacement`: a double array of 512 cells, and the replacement. */
function oneRule(replacement: string): Uint8Array {
  const cells = new Uint32Array(512);
  cells[97] = ((256 ^ 97) << 10) | 0x100 | 97;
  cells[256] = 0x8000_0000;
  const parts = [Uint32Array.of(4 * cells.length).buffer, cells.buffer].map((buffer) => Buffer.from(buffer));
  return Uint8Array.from(Buffer.concat([...parts, Buffer.from(`${replacement}\0`)]));
}

test("a rule that writes megabytes for a character", () => {
  const bytes = changed("bpe", (m) => (m.normalizerSpec = { precompiledCharsmap: oneRule("b".repeat(400_000)) }));
  const sp = SentencePiece.fromBytes(bytes);
  expect(sp.encode("xay").length).toBeGreaterThan(1);
  for (const text of ["a".repeat(20), "a".repeat(100_000)]) {
    expect(() => sp.encode(text)).toThrow(SentencePieceError);
    expect(() => sp.normalizeWithOffsets(text)).toThrow("its rules make more than");
  }
});

test.each<[string, (model: SentencePieceModel) => void, string]>([
  ["a piece of nine thousand", (m) => m.pieces.push({ piece: "x".repeat(9000) }), "is 9000 units long (8000 at most)"],
  [
    "an unused piece that would be taken apart for minutes",
    (m) => m.pieces.push({ piece: "x".repeat(200), type: "unused" }),
    "is 200 units long (128 at most)",
  ],
  [
    "symbols of more than a megabyte",
    (m) => {
      for (let i = 0; i < 200; i++) m.pieces.push({ piece: `${i}`.padEnd(7000, "x"), type: "user-defined" });
    },
    "its user-defined symbols have 14000",
  ],
])("refused: %s", (_, change, message) => {
  for (const name of ["bpe", "unigram-suffix", "char", "word"]) {
    expect(() => SentencePiece.fromBytes(changed(name, change))).toThrow(SentencePieceError);
    expect(() => SentencePiece.fromBytes(changed(name, change))).toThrow(message);
  }
});

test("unused pieces that are made of one another, as long as they may be", () => {
  const bytes = changed("bpe", (m) => {
    for (let length = 2; length <= 128; length++)
      m.pieces.push({ piece: "q".repeat(length), type: "unused", score: -length });
  });
  const start = performance.now();
  const sp = SentencePiece.fromBytes(bytes);
  expect(sp.decode(sp.encode("q".repeat(128)))).toBeTypeOf("string");
  expect(performance.now() - start).toBeLessThan(10_000);
});

test("the best segmentations, and one at random, whatever the scores", () => {
  const score = fc.constantFrom(0, -1, 1, -3.4e38, 3.4e38, 1e-45, -1e-45);
  fc.assert(
    fc.property(
      fc.array(score, { minLength: 30, maxLength: 30 }),
      fc.constantFrom(0, 0.1, 1, 1e30),
      (scores, alpha) => {
        const sp = SentencePiece.fromBytes(
          changed("unigram-suffix", (m) => {
            m.pieces.forEach((piece, id) => {
              piece.score = scores[id % 30]!;
            });
          }),
        );
        const text = "fine playing the fine";
        for (const { ids } of sp.encodeNBest(text, 20)) expect(sp.decode(ids)).toBeTypeOf("string");
        expect(sp.decode(sp.sample(text, { alpha, random: new Random(1) }))).toBeTypeOf("string");
        expect(sp.decode(sp.encode(text))).toBeTypeOf("string");
      },
    ),
    { numRuns: 60 },
  );
});
