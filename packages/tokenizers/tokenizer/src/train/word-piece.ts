// WordPiece from text, with BERT's stages.

import { forEachPiece } from "@llm/pretokenize";
import { trainWordPiece, WordPiece } from "@llm/wordpiece";
import { WordPieceModel } from "../model/word-piece.js";
import type { TokenizerConfig } from "../options.js";
import { bertStages, bertTokens } from "../stage/bert.js";
import { normalizerFor, readTexts, type Texts, type TrainTokenizerOptions } from "./options.js";
import { WordCounter } from "./word-counter.js";

export async function trainWordPieceTokenizer(texts: Texts, options: TrainTokenizerOptions): Promise<TokenizerConfig> {
  const { vocabSize = 0, specialTokens = [], minFrequency = 2, unknownToken = "[UNK]", onProgress } = options;
  const special = [
    ...new Set([...bertTokens.map((token) => (token === "[UNK]" ? unknownToken : token)), ...specialTokens]),
  ];
  const stages = bertStages(true, new Map());
  const normalizer = options.normalizers ? normalizerFor(options) : stages.normalizer!;
  const words = new WordCounter(/\S+/g);
  const characters = await readTexts(texts, normalizer, options, (text) =>
    forEachPiece(text, stages.preTokenizer!.stages, (changed, start, end) => words.count(changed.slice(start, end))),
  );
  const vocabulary = trainWordPiece(words, {
    vocabSize,
    minFrequency,
    specialTokens: special,
    onProgress: ({ tokens }) => onProgress?.({ stage: "merge", characters, tokens, vocabSize }),
  });
  const model = new WordPieceModel(new WordPiece({ vocabulary, unknown: unknownToken }));
  return { model, ...bertStages(true, new Map(vocabulary), special), normalizer };
}
