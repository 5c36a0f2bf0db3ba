// With sentencepiece itself, where it is installed: what is learned and written here loads there and gives the same ids. The long
// comparison is test/peer/equal.ts.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { available, python } from "@llm/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readModel, SentencePiece, type SentencePieceModel, trainSentencePiece } from "../src/index.js";
import { modelBytes } from "./models.js";
import { fuzzLines } from "./peer/text.js";

const corpus = fuzzLines(3, 60_000);
const lines = fuzzLines(5, 60_000);

describe.skipIf(!available("sentencepiece"))("models that are written here", () => {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "sentencepiece-"));
    writeFileSync(join(folder, "lines.txt"), lines.join("\n"));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  /** The ids of `lines` there. */
  function peerIds(model: Uint8Array): number[][] {
    writeFileSync(join(folder, "ours.model"), model);
    const script = new URL("./peer/peer.py", import.meta.url).pathname;
    const args = ["encode", join(folder, "ours.model"), join(folder, "lines.txt"), join(folder, "ids")];
    const { status, stderr } = spawnSync(python, [script, ...args], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    const numbers = new Int32Array(Uint8Array.from(readFileSync(join(folder, "ids"))).buffer);
    const lists: number[][] = [];
    for (let at = 0; at < numbers.length; at += 1 + numbers[at]!) {
      lists.push([...numbers.subarray(at + 1, at + 1 + numbers[at]!)]);
    }
    return lists;
  }

  function expectSameIds(sp: SentencePiece): void {
    const theirs = peerIds(sp.toBytes());
    expect(theirs).toHaveLength(lines.length);
    for (const [i, line] of lines.entries()) expect([line, sp.encode(line)]).toEqual([line, theirs[i]]);
  }

  const { normalizerSpec } = readModel(modelBytes("unigram-suffix"));
  test.each<[string, Parameters<typeof trainSentencePiece>[1]]>([
    ["with rules", { vocabSize: 5000, characterCoverage: 0.8, normalizerSpec }],
    [
      "with bytes and symbols",
      { vocabSize: 5000, characterCoverage: 0.8, byteFallback: true, userDefinedSymbols: ["<sep>", "x²"] },
    ],
    [
      "with blanks at the end",
      { vocabSize: 5000, characterCoverage: 0.8, treatWhitespaceAsSuffix: true, splitDigits: true },
    ],
    ["bpe", { kind: "bpe", vocabSize: 5000, characterCoverage: 0.8, normalizerSpec }],
    [
      "bpe with bytes",
      { kind: "bpe", vocabSize: 5000, characterCoverage: 0.8, byteFallback: true, userDefinedSymbols: ["<sep>"] },
    ],
    [
      "beyond words",
      { vocabSize: 5000, characterCoverage: 0.8, splitByWhitespace: false, splitByUnicodeScript: false },
    ],
  ])("a model learned here, %s", async (_, options) => {
    expectSameIds(new SentencePiece(await trainSentencePiece(corpus, options)));
  });

  test.each(["unigram-bytes", "bpe-bytes"])("%s with half of its longer pieces unused", (name) => {
    const model: SentencePieceModel = readModel(modelBytes(name));
    model.pieces.forEach((piece, id) => {
      if ((piece.type ?? "normal") === "normal" && [...piece.piece].length > 2 && id % 2) piece.type = "unused";
    });
    expectSameIds(new SentencePiece(model));
  });
});
