// The four kinds of models, each a way to cut normalized text into pieces.

import { Unigram } from "@llm/unigram";
import { BpeSegmenter } from "./bpe-segmenter.js";
import { SentencePieceError } from "./error.js";
import type { SentencePieceModel } from "./model-file.js";
import { Rules } from "./rules.js";
import { appendUnknown } from "./unknown.js";
import type { Vocabulary } from "./vocabulary.js";

/** How a model cuts text. */
export type ModelKind = "unigram" | "bpe" | "word" | "char";

/** Cuts normalized text. */
export interface Segmenter {
  /** Appends the ids of `units[0, length)`, well-formed UTF-16, to `out`. */
  encodeUnits(units: Uint16Array, length: number, out: number[]): void;
}

const kinds: readonly (ModelKind | undefined)[] = [undefined, "unigram", "bpe", "word", "char"];

/** The kind that a model says it is. */
export function kindOf({ trainerSpec }: SentencePieceModel): ModelKind {
  const type = trainerSpec?.modelType ?? 1;
  const kind = kinds[type];
  if (kind) return kind;
  throw new SentencePieceError(`sentencepiece model: trainerSpec.modelType must be 1 to 4, got ${type}`);
}

function unigramOf(vocabulary: Vocabulary): Unigram {
  return new Unigram({
    pieces: vocabulary.pieces.map((piece, id) => [piece, vocabulary.scores[id]!]),
    unknownId: vocabulary.unknownId,
    byteFallback: vocabulary.byteFallback,
    hidden: vocabulary.idsOf("unknown", "control", "unused", "byte"),
    userDefined: vocabulary.idsOf("user-defined"),
    precision: "float32",
  });
}

export function segmenterOf(kind: ModelKind, vocabulary: Vocabulary, model: SentencePieceModel): Segmenter {
  if (kind === "bpe") return new BpeSegmenter(vocabulary);
  if (kind === "unigram") return unigramOf(vocabulary);
  const decoder = new TextDecoder("utf-16le", { ignoreBOM: true });
  const split = kind === "char" ? characters(vocabulary) : words(model);
  return {
    encodeUnits: (units, length, out) => {
      const fresh = out.length;
      for (const part of split(decoder.decode(units.subarray(0, length)))) {
        const id = vocabulary.idOf(part);
        if (id === undefined || id === vocabulary.unknownId) appendUnknown(vocabulary, part, fresh, out);
        else out.push(id);
      }
    },
  };
}

/** Characters, and user-defined symbols as if they were. */
function characters(vocabulary: Vocabulary): (text: string) => Iterable<string> {
  const symbols = new Rules(new Map(vocabulary.userDefinedSymbols.map((symbol) => [symbol, symbol])));
  return function* (text) {
    for (let at = 0; at < text.length; ) {
      const length = symbols.match(text, at) || String.fromCodePoint(text.codePointAt(at)!).length;
      yield text.slice(at, at + length);
      at += length;
    }
  };
}

function words({ trainerSpec = {} }: SentencePieceModel): (text: string) => Iterable<string> {
  const alone = trainerSpec.allowWhitespaceOnlyPieces ?? false;
  if (trainerSpec.treatWhitespaceAsSuffix) {
    const pattern = alone ? /[^▁]*▁+|[^▁]+/g : /[^▁]*▁|[^▁]+/g;
    return (text) => text.match(pattern) ?? [];
  }
  const pattern = alone ? /▁+[^▁]*|[^▁]+/g : /▁[^▁]*|[^▁]+/g;
  return (text) => text.match(pattern) ?? [];
}
