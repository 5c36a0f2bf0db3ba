// Byte-level BPE from text.

import { BPE, PieceCounter, trainBpe } from "@llm/bpe";
import { TokenizerError } from "../error.js";
import { ByteLevelModel } from "../model/byte-level.js";
import type { TokenizerConfig } from "../options.js";
import { byteLevelStages } from "../stage/byte-level.js";
import { joinsInFalcon } from "../stage/falcon.js";
import { normalizerFor, numbered, readTexts, type Texts, type TrainTokenizerOptions } from "./options.js";

export async function trainByteLevel(texts: Texts, options: TrainTokenizerOptions): Promise<TokenizerConfig> {
  const { vocabSize = 0, specialTokens = [], pattern = "gpt2", minFrequency = 2, onProgress } = options;
  const special = [...new Set(specialTokens)];
  if (vocabSize < 256 + special.length) {
    throw new TokenizerError(
      `trainTokenizer: vocabSize must be at least ${256 + special.length} (256 bytes and ${special.length} special tokens), got ${vocabSize}`,
    );
  }
  const stages = byteLevelStages(pattern);
  const normalizer = normalizerFor(options);
  const counter = new PieceCounter(stages.preTokenizer.next!);
  const characters = await readTexts(texts, normalizer, options, (text) => counter.add(text));
  const { merges, tokens } = trainBpe(counter, {
    vocabSize: vocabSize - special.length,
    minFrequency,
    ...(pattern === "falcon" && { mayJoin: joinsInFalcon }),
    onProgress: (step) => onProgress?.({ stage: "merge", characters, tokens: step.tokens, vocabSize }),
  });
  const model = new ByteLevelModel(BPE.fromMerges(merges));
  return { model, ...stages, normalizer, addedTokens: numbered(special, tokens.length) };
}
