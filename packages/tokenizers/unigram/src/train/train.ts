// Learning a vocabulary: from far too many pieces, rounds of EM and pruning keep those that explain the words best.
//
//   E: how often each piece is expected to occur, given the scores
//   M: score(x) = ψ(expected(x)) - ψ(Σ expected)
//   after every few rounds of E and M, the least valuable quarter of the pieces goes
//
// ψ instead of the logarithm makes the M step a Bayesian one, which takes more from rare pieces than from frequent ones
// (Liang and Klein, "Structured Bayesian Nonparametric Models with Variational Inference", ACL 2007 tutorial).
//
// Source: Kudo (arXiv:1804.10959), section 3.2, with the constants of sentencepiece's trainer. Other than there, single
// characters never go, and counting is in doubles.

import { UnigramError } from "../error.js";
import { type Corpus, corpusOf } from "./corpus.js";
import { digamma } from "./digamma.js";
import { expectedCounts } from "./expect.js";
import { countOf, lengthOf, type Pieces, REMOVED } from "./pieces.js";
import { prune } from "./prune.js";
import { seedPieces } from "./seed.js";

/** A piece that is expected fewer times than this goes. */
const MIN_EXPECTED = 0.5;
/** Pruning stops at this many times the vocabulary; the last choice is by score. */
const DESIRED = 1.1;

/** How far training is. */
export interface TrainUnigramProgress {
  /** Finding the pieces to start from, a round of EM done, or pruned. */
  stage: "seed" | "em" | "prune";
  /** Pieces left. */
  pieces: number;
  vocabSize: number;
  /** Minus the mean log likelihood of a word; NaN except for "em". */
  objective: number;
}

/** Options of `trainUnigram`. */
export interface TrainUnigramOptions {
  /** Pieces to have in the end, all characters among them; fewer come out when the words do not have as many. */
  vocabSize: number;
  /** In characters; default 16. */
  maxPieceLength?: number;
  /** Pieces to start from; default 1 000 000. */
  seedSize?: number;
  /** What pruning leaves; default 0.75. */
  shrinkingFactor?: number;
  /** Rounds of EM between prunings; default 2. */
  subIterations?: number;
  /** The share of all text that the characters kept make up; rarer ones will be unknown. Default 1. */
  characterCoverage?: number;
  /** What is no piece although the text may have it: the special tokens around, say. Characters always are. Default none. */
  excluded?: Iterable<string>;
  onProgress?: (progress: TrainUnigramProgress) => void;
}

/** Learns pieces and scores, by falling score, from distinct words and how often each occurs; no piece spans words. Throws UnigramError for options that cannot be met. */
export function trainUnigram(
  words: Iterable<readonly [string, number]>,
  options: TrainUnigramOptions,
): [string, number][] {
  const { vocabSize, shrinkingFactor = 0.75, subIterations = 2, characterCoverage = 1, onProgress } = options;
  const { maxPieceLength = 16, seedSize = 1_000_000 } = options;
  check("vocabSize", vocabSize, 1, 1 << 21, true);
  check("shrinkingFactor", shrinkingFactor, 0.01, 0.99);
  check("subIterations", subIterations, 1, 100, true);
  check("characterCoverage", characterCoverage, 0, 1);
  check("maxPieceLength", maxPieceLength, 1, 512, true);
  check("seedSize", seedSize, 0, 1 << 24, true);
  const corpus = corpusOf(words, characterCoverage);
  if (corpus.alphabet.length > vocabSize) {
    throw new UnigramError(
      `trainUnigram: vocabSize ${vocabSize} is less than the ${corpus.alphabet.length} characters; raise it or lower characterCoverage`,
    );
  }
  const tell = (stage: TrainUnigramProgress["stage"], objective = Number.NaN): void =>
    onProgress?.({ stage, pieces: alive(pieces), vocabSize, objective });
  let pieces = seedPieces(corpus, { maxPieceLength, seedSize });
  tell("seed");
  for (;;) {
    for (let round = 0; round < subIterations; round++) tell("em", improve(corpus, pieces));
    const left = alive(pieces);
    if (left <= DESIRED * vocabSize || left === corpus.alphabet.length) break;
    pieces = prune(corpus, pieces, Math.max(Math.floor(DESIRED * vocabSize), Math.floor(shrinkingFactor * left)));
    tell("prune");
  }
  return finalPieces(corpus, pieces, vocabSize, new Set(options.excluded));
}

function check(name: string, value: number, least: number, most: number, whole = false): void {
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return;
  throw new UnigramError(
    `trainUnigram: ${name} must be a ${whole ? "whole " : ""}number from ${least} to ${most}, got ${String(value)}`,
  );
}

function alive({ scores }: Pieces): number {
  return scores.reduce((count, score) => count + (score === REMOVED ? 0 : 1), 0);
}

/** One round of E and M: new scores, in place. Returns the objective before it. */
function improve(corpus: Corpus, pieces: Pieces): number {
  const { expected, objective } = expectedCounts(corpus, pieces);
  for (let k = 0; k < expected.length; k++) {
    if (expected[k]! >= MIN_EXPECTED) continue;
    expected[k] = lengthOf(pieces, k) === 1 ? MIN_EXPECTED : 0;
  }
  const all = digamma(expected.reduce((sum, value) => sum + value, 0));
  for (let k = 0; k < expected.length; k++) {
    pieces.scores[k] = expected[k] === 0 ? REMOVED : digamma(expected[k]!) - all;
  }
  return objective;
}

/** All characters, and of the rest those with the highest scores. */
function finalPieces(
  corpus: Corpus,
  pieces: Pieces,
  vocabSize: number,
  excluded: ReadonlySet<string>,
): [string, number][] {
  const textOf = (k: number): string =>
    Array.from(pieces.codes.subarray(pieces.starts[k]!, pieces.starts[k + 1]!), (c) => corpus.alphabet[c - 1]!).join(
      "",
    );
  const characters: number[] = [];
  const longer: number[] = [];
  for (let k = 0; k < countOf(pieces); k++) {
    if (lengthOf(pieces, k) === 1) characters.push(k);
    else if (pieces.scores[k] !== REMOVED && !(excluded.size > 0 && excluded.has(textOf(k)))) longer.push(k);
  }
  const byScore = (a: number, b: number): number => pieces.scores[b]! - pieces.scores[a]! || a - b;
  const chosen = [...characters, ...longer.sort(byScore).slice(0, vocabSize - characters.length)].sort(byScore);
  return chosen.map((k) => [textOf(k), pieces.scores[k]!]);
}
