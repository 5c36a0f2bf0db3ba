// Unigram from text, with sentencepiece's stages: lossless but for ▁ itself, since what has no piece becomes bytes.

import { trainUnigram, Unigram } from "@llm/unigram";
import { TokenizerError } from "../error.js";
import { UnigramModel } from "../model/unigram.js";
import type { TokenizerConfig } from "../options.js";
import { normalizers } from "../stage/normalizer.js";
import { normalizerJson, sentencePieceDecoder } from "../stage/sentencepiece.js";
import { numbered, readTexts, type Texts, type TrainTokenizerOptions } from "./options.js";
import { WordCounter } from "./word-counter.js";

const BYTES: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);

export async function trainUnigramTokenizer(texts: Texts, options: TrainTokenizerOptions): Promise<TokenizerConfig> {
  const { vocabSize = 0, unknownToken = "<unk>", specialTokens = [], byteFallback = true, onProgress } = options;
  const special = [...new Set([unknownToken, ...specialTokens])];
  const reserved = [...special, ...(byteFallback ? BYTES : [])];
  const room = vocabSize - reserved.length;
  if (room < 1) {
    throw new TokenizerError(
      `trainTokenizer: vocabSize must be above ${reserved.length} (${special.length} special tokens and ${reserved.length - special.length} bytes), got ${vocabSize}`,
    );
  }
  const blanks = normalizerJson({ addDummyPrefix: true, removeExtraWhitespaces: false, escapeWhitespaces: true })!;
  const normalizer = normalizers([...(options.normalizers ?? []), blanks]);
  const words = new WordCounter(/▁[^▁]*|[^▁]+/g);
  const characters = await readTexts(texts, normalizer, options, (text) => words.add(text));
  const learned = trainUnigram(words, {
    vocabSize: room,
    characterCoverage: byteFallback ? 0.9995 : 1,
    excluded: reserved,
    onProgress: ({ stage, pieces }) =>
      onProgress?.({ stage: stage === "seed" ? "count" : "prune", characters, tokens: pieces, vocabSize }),
  });
  const pieces = [...reserved.map((piece): [string, number] => [piece, 0]), ...learned];
  const model = new UnigramModel(
    new Unigram({
      pieces,
      unknownId: 0,
      byteFallback,
      hidden: reserved.map((_, id) => id),
      precision: "float64",
    }),
  );
  return { model, normalizer, decoder: sentencePieceDecoder(true), addedTokens: numbered(special, 0) };
}
