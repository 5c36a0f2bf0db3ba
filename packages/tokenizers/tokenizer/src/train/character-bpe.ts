// BPE on characters from text, with sentencepiece's stages: what LLaMA 1 and 2 have.

import { CharacterBPE, trainCharacterBpe } from "@llm/bpe/characters";
import { CharacterBpeModel, type CharacterBpeSettings } from "../model/character-bpe.js";
import type { TokenizerConfig } from "../options.js";
import { normalizers } from "../stage/normalizer.js";
import { normalizerJson, sentencePieceDecoder } from "../stage/sentencepiece.js";
import { numbered, readTexts, type Texts, type TrainTokenizerOptions } from "./options.js";
import { WordCounter } from "./word-counter.js";

export async function trainCharacterBpeTokenizer(
  texts: Texts,
  options: TrainTokenizerOptions,
): Promise<TokenizerConfig> {
  const { vocabSize = 0, unknownToken = "<unk>", specialTokens = [], minFrequency = 2, byteFallback = true } = options;
  const special = [...new Set([unknownToken, ...specialTokens])];
  const blanks = normalizerJson({ addDummyPrefix: true, removeExtraWhitespaces: false, escapeWhitespaces: true })!;
  const normalizer = normalizers([...(options.normalizers ?? []), blanks]);
  // Digits stand alone, so that no token has more than one.
  const words = new WordCounter(/\p{Nd}|▁?[^▁\p{Nd}]+|▁/gu);
  const characters = await readTexts(texts, normalizer, options, (text) => words.add(text));
  const { tokens, reserved, merges } = trainCharacterBpe(words, {
    vocabSize,
    minFrequency,
    specialTokens: special,
    byteFallback,
    maxTokenLength: 16,
    ...(byteFallback && { coverage: 0.9995 }),
    onProgress: (step) => options.onProgress?.({ stage: "merge", characters, tokens: step.tokens, vocabSize }),
  });
  const settings: CharacterBpeSettings = { unknown: 0, byteFallback, fuseUnknown: true };
  const all = tokens.map((token, id) => [token, id] as const);
  const bpe = CharacterBPE.fromMerges(merges, {
    vocabulary: all.slice(reserved),
    reserved: all.slice(0, reserved),
    ...settings,
  });
  return {
    model: new CharacterBpeModel(bpe, settings),
    normalizer,
    decoder: sentencePieceDecoder(true),
    addedTokens: numbered(special, 0),
  };
}
