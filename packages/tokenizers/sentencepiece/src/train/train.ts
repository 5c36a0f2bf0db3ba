// A `.model` from text: normalize, cut into words, count them, learn pieces, write down how.

import { PieceCounter } from "@llm/bpe";
import { checked, SentencePieceError } from "../error.js";
import type { Piece, SentencePieceModel } from "../model-file.js";
import { Normalizer } from "../normalizer.js";
import type { NormalizerSpec } from "../schema.js";
import { learnBpe, learnUnigram } from "./learn.js";
import { type WordOptions, wordScanner } from "./words.js";

/** How far training is. */
export interface TrainSentencePieceProgress {
  /** Counting words; for "unigram" finding the pieces to start from, EM and pruning; for "bpe" joining. */
  stage: "count" | "seed" | "em" | "prune" | "merge";
  /** Texts read so far. */
  texts: number;
  /** Distinct words so far, and pieces, 0 while counting. */
  words: number;
  pieces: number;
  vocabSize: number;
}

/** Options of `trainSentencePiece`. */
export interface TrainSentencePieceOptions extends WordOptions {
  /** Default "unigram". */
  kind?: "unigram" | "bpe";
  /** Pieces in the end, symbols and bytes included. */
  vocabSize: number;
  /** How text is normalized: rules as in a model that exists (`model.normalizerSpec`), blanks; default no rules. */
  normalizerSpec?: NormalizerSpec;
  /** Whether what has no piece becomes bytes; default false. */
  byteFallback?: boolean;
  /** The share of all text that the characters in the vocabulary make up; default 0.9995. */
  characterCoverage?: number;
  /** Longest piece, in characters; default 16. */
  maxPieceLength?: number;
  /** Pieces that "unigram" starts from; default 1 000 000. */
  seedSize?: number;
  /** Symbols that text never is; default none beside "<s>" and "</s>". */
  controlSymbols?: readonly string[];
  /** Symbols that are always one piece. Default none. */
  userDefinedSymbols?: readonly string[];
  onProgress?: (progress: TrainSentencePieceProgress) => void;
}

/** Learns a model from texts, which are read once and not kept. Throws SentencePieceError for options that cannot be met. */
export async function trainSentencePiece(
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainSentencePieceOptions,
): Promise<SentencePieceModel> {
  if (typeof texts === "string") {
    throw new SentencePieceError("trainSentencePiece: texts must be a list of texts, got one text");
  }
  const { vocabSize, maxPieceLength = 16, seedSize = 1_000_000, characterCoverage = 0.9995, onProgress } = options;
  const kind = options.kind ?? "unigram";
  if (kind !== "unigram" && kind !== "bpe") {
    throw new SentencePieceError(`trainSentencePiece: kind must be "unigram" or "bpe", got ${JSON.stringify(kind)}`);
  }
  const symbols = symbolsOf(options);
  const room = vocabSize - symbols.length;
  if (!(room > 0)) {
    throw new SentencePieceError(
      `trainSentencePiece: vocabSize must be above ${symbols.length}, the symbols and bytes, got ${vocabSize}`,
    );
  }
  const counted = await countWords(texts, options);
  const learned = checked("trainSentencePiece", () =>
    (kind === "bpe" ? learnBpe : learnUnigram)(withoutNull(counted.words), {
      vocabSize: room,
      maxPieceLength,
      seedSize,
      characterCoverage,
      tell: (stage, pieces) =>
        onProgress?.({ stage, texts: counted.texts, words: counted.words.size, pieces, vocabSize }),
    }),
  );
  const taken = new Set(symbols.map(({ piece }) => piece));
  const pieces = learned
    .filter(([piece]) => !taken.has(piece))
    .map(([piece, score]): Piece => ({ piece, score: Math.fround(score) }));
  return {
    pieces: [...symbols, ...pieces],
    trainerSpec: trainerSpecOf(options, symbols.length + pieces.length),
    normalizerSpec: options.normalizerSpec ?? { name: "identity" },
  };
}

/** A null character ends strings in sentencepiece, so no piece can have one. It is a word of its own. */
function* withoutNull(words: PieceCounter): Generator<[string, number]> {
  for (const [word, count] of words) if (word !== "\0") yield [word, count];
}

async function countWords(
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainSentencePieceOptions,
): Promise<{ words: PieceCounter; texts: number }> {
  const { normalizerSpec = {}, userDefinedSymbols = [], treatWhitespaceAsSuffix, vocabSize, onProgress } = options;
  const normalizer = Normalizer.fromSpec(normalizerSpec, { treatWhitespaceAsSuffix });
  const scan = wordScanner(options);
  const words = new PieceCounter(scan);
  const symbols = [...userDefinedSymbols].sort((a, b) => b.length - a.length);
  const separators = symbols.length > 0 ? new RegExp(symbols.map(escapeRegExp).join("|"), "gu") : undefined;
  let read = 0;
  for await (const text of texts) {
    // Symbols are no part of words: what is between them is text.
    const plain = separators ? text.replace(separators, " ") : text;
    for (const line of plain.split("\n")) words.add(normalizer.normalize(line));
    if (++read % 1000 === 0) onProgress?.({ stage: "count", texts: read, words: words.size, pieces: 0, vocabSize });
  }
  return { words, texts: read };
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

function symbolsOf({
  controlSymbols = [],
  userDefinedSymbols = [],
  byteFallback = false,
}: TrainSentencePieceOptions): Piece[] {
  const symbols: Piece[] = [
    { piece: "<unk>", score: 0, type: "unknown" },
    { piece: "<s>", score: 0, type: "control" },
    { piece: "</s>", score: 0, type: "control" },
  ];
  const others: Piece[] = [
    ...controlSymbols.map((piece): Piece => ({ piece, score: 0, type: "control" })),
    ...userDefinedSymbols.map((piece): Piece => ({ piece, score: 0, type: "user-defined" })),
  ];
  for (const symbol of others) {
    if (symbol.piece === "" || symbols.some(({ piece }) => piece === symbol.piece)) {
      throw new SentencePieceError(
        `trainSentencePiece: the symbol ${JSON.stringify(symbol.piece)} is empty, or there already`,
      );
    }
    symbols.push(symbol);
  }
  if (!byteFallback) return symbols;
  const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).toUpperCase().padStart(2, "0"));
  return [...symbols, ...bytes.map((byte): Piece => ({ piece: `<0x${byte}>`, score: 0, type: "byte" }))];
}

function trainerSpecOf(options: TrainSentencePieceOptions, vocabSize: number): SentencePieceModel["trainerSpec"] {
  const { splitByWhitespace, splitByUnicodeScript, splitByNumber, splitDigits, treatWhitespaceAsSuffix } = options;
  return {
    modelType: options.kind === "bpe" ? 2 : 1,
    vocabSize,
    characterCoverage: options.characterCoverage,
    seedSentencepieceSize: options.seedSize,
    maxSentencepieceLength: options.maxPieceLength,
    splitByUnicodeScript,
    splitByWhitespace,
    splitByNumber,
    treatWhitespaceAsSuffix,
    splitDigits,
    allowWhitespaceOnlyPieces: options.allowWhitespaceOnlyPieces,
    controlSymbols: options.controlSymbols && [...options.controlSymbols],
    userDefinedSymbols: options.userDefinedSymbols && [...options.userDefinedSymbols],
    byteFallback: options.byteFallback,
  };
}
