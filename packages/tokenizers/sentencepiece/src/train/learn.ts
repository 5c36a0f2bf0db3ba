// Pieces and scores from counted words, in the way of each kind of model.

import { trainCharacterBpe } from "@llm/bpe/characters";
import { trainUnigram } from "@llm/unigram";

/** What pieces are learned. */
export interface LearnOptions {
  vocabSize: number;
  maxPieceLength: number;
  seedSize: number;
  characterCoverage: number;
  /** Told the stage and the number of pieces. */
  tell: (stage: "seed" | "em" | "prune" | "merge", pieces: number) => void;
}

type Words = Iterable<readonly [string, number]>;

/** By EM and pruning; scores are log probabilities. */
export function learnUnigram(words: Words, { tell, ...options }: LearnOptions): [string, number][] {
  return trainUnigram(words, { ...options, onProgress: ({ stage, pieces }) => tell(stage, pieces) });
}

/** By joining the most frequent pairs. What was joined first has the highest score, as it is to be joined first; characters come last. */
export function learnBpe(words: Words, options: LearnOptions): [string, number][] {
  const { tokens, merges } = trainCharacterBpe([...words], {
    vocabSize: options.vocabSize,
    maxTokenLength: options.maxPieceLength,
    coverage: options.characterCoverage,
    onProgress: ({ tokens: pieces }) => options.tell("merge", pieces),
  });
  const characters = tokens.length - new Set(merges.map(([left, right]) => tokens[left]! + tokens[right]!)).size;
  const ordered = [...tokens.slice(characters), ...tokens.slice(0, characters)];
  return ordered.map((piece, rank) => [piece, -rank]);
}
