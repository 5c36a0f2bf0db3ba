import { readFileSync } from "node:fs";
import { Tokenizer as HuggingFace } from "@huggingface/tokenizers";
import { describe, expect, test } from "vitest";
import { characterTokenizerJson } from "../bench/hf.js";
import { CharacterBPE, PieceCounter, trainCharacterBpe } from "../src/characters.js";
import { fuzzText } from "./fuzz.js";

interface Fixture {
  texts: string[];
  bytes: Model;
  unknown: Model;
}

interface Model {
  pieces: [piece: string, score: number, kind: "text" | "reserved"][];
  ids: number[][];
}

const fixture = JSON.parse(readFileSync(new URL("fixtures/sentencepiece.json", import.meta.url), "utf8")) as Fixture;
/** What sentencepiece and LLaMA's normalizer make of blanks. */
const spaced = (text: string): string => (text === "" ? "" : `▁${text.replaceAll(" ", "▁")}`);

test.each(["bytes", "unknown"] as const)("sentencepiece's models give sentencepiece's ids: %s", (kind) => {
  const { pieces, ids } = fixture[kind];
  const numbered = pieces.map(([piece, score, is], id) => ({ piece, score, is, id }));
  const bpe = CharacterBPE.fromScores(
    numbered.filter(({ is }) => is === "text").map(({ piece, id, score }) => [piece, id, score] as const),
    {
      reserved: numbered.filter(({ is }) => is === "reserved").map(({ piece, id }) => [piece, id] as const),
      byteFallback: kind === "bytes",
      unknown: 0,
      fuseUnknown: true,
    },
  );
  expect(bpe.vocabSize).toBe(pieces.length);
  expect(fixture.texts.map((text) => bpe.encode(spaced(text)))).toEqual(ids);
  if (kind === "bytes") for (const text of fixture.texts) expect(bpe.decode(bpe.encode(text))).toBe(text);
  else expect(ids.flat().filter((id) => id === 0).length).toBeGreaterThan(10);
});

describe.each([true, false])("@huggingface/tokenizers, byte fallback: %s", (byteFallback) => {
  test("a vocabulary that is trained here gives the same ids there", () => {
    const texts = Array.from({ length: 30 }, (_, seed) =>
      Buffer.from(fuzzText(seed, 3000)).toString().replaceAll("▁", " "),
    );
    const counter = new PieceCounter((text, start) => (text.indexOf("▁", start + 1) + 1 || text.length + 1) - 1);
    for (const text of texts.slice(0, 15)) counter.add(spaced(text));
    const options = { vocabSize: 2500, alphabetSize: 600, specialTokens: ["<unk>"], byteFallback };
    const { tokens, merges } = trainCharacterBpe(counter, options);
    const vocabulary = tokens.map((token, id) => [token, id] as const);
    const bpe = CharacterBPE.fromMerges(merges, { vocabulary, byteFallback, unknown: 0, fuseUnknown: true });
    const peer = new HuggingFace(characterTokenizerJson(bpe, byteFallback), {});
    for (const text of texts) {
      expect(bpe.encode(spaced(text))).toEqual(peer.encode(text, { add_special_tokens: false }).ids);
    }
  });
});
