// sentencepiece's `.model` files.

import { type SentencePieceModel as ModelFile, type Piece, type PieceType, SentencePiece } from "@llm/sentencepiece";
import type { AddedToken } from "../added-tokens.js";
import { fallbackByte } from "../decoder/bytes.js";
import { TokenizerError } from "../error.js";
import { CharacterBpeModel } from "../model/character-bpe.js";
import { SentencePieceModel } from "../model/sentencepiece.js";
import { UnigramModel } from "../model/unigram.js";
import { normalizerJson, normalizerSpec, sentencePieceDecoder } from "../stage/sentencepiece.js";
import { Tokenizer } from "../tokenizer.js";
import { wrapErrors } from "../wrap-errors.js";

/** From the bytes of a `.model` file; ids are sentencepiece's. Throws TokenizerError. */
export function tokenizerFromSentencePiece(bytes: Uint8Array): Tokenizer {
  return wrapErrors("sentencepiece", () => {
    const sentencePiece = SentencePiece.fromBytes(bytes);
    const spec = sentencePiece.model.normalizerSpec ?? {};
    const normalize = Object.assign((text: string) => sentencePiece.normalize(text), {
      align: (text: string) => {
        const { text: normalized, offsets } = sentencePiece.normalizeWithOffsets(text);
        const place = (position: number): number => offsets[position] ?? text.length;
        return { text: normalized, from: place, to: place };
      },
    });
    return new Tokenizer({
      model: new SentencePieceModel(sentencePiece),
      normalizer: { normalize, json: normalizerJson(spec) },
      decoder: sentencePieceDecoder(spec.addDummyPrefix ?? true),
      addedTokens: controlTokens(sentencePiece.model),
    });
  });
}

function controlTokens({ pieces }: ModelFile): AddedToken[] {
  return pieces.flatMap(({ piece, type }, id) =>
    type === "control" || type === "unknown" ? [{ content: piece, id, special: true }] : [],
  );
}

/**
 * The bytes of a `.model` file. Throws TokenizerError for a tokenizer that sentencepiece has no words for: another model
 * than Unigram or BPE on characters, a normalizer that is none of its own, a pre-tokenizer that cuts.
 */
export function tokenizerToSentencePiece(tokenizer: Tokenizer): Uint8Array {
  const { model } = tokenizer;
  if (model instanceof SentencePieceModel) return model.sentencePiece.toBytes();
  if (!(model instanceof UnigramModel || model instanceof CharacterBpeModel)) {
    throw new TokenizerError("sentencepiece: only Unigram and BPE on characters can be written");
  }
  const spec = normalizerSpec(tokenizer.normalizer.json);
  if (!spec || tokenizer.preTokenizer.json !== null) {
    throw new TokenizerError("sentencepiece: the normalizer or the pre-tokenizer has no place in the format");
  }
  const scores = model instanceof UnigramModel ? scoresOf(model) : ranksOf(model);
  const special = new Map(tokenizer.addedTokens.map((token) => [token.id, token]));
  const unknownId = model instanceof UnigramModel ? model.unigram.unknownId : model.settings.unknown;
  const pieces = Array.from({ length: tokenizer.vocabSize }, (_, id): Piece => {
    const piece = tokenizer.idToToken(id);
    if (piece === undefined) throw new TokenizerError(`sentencepiece: no token has the id ${id}, and ids have no gaps`);
    return { piece, score: scores.get(id) ?? 0, type: typeOf(piece, id === unknownId, special.get(id)) };
  });
  if (unknownId === undefined) throw new TokenizerError("sentencepiece: a model needs an unknown token");
  const trainerSpec = {
    modelType: model instanceof UnigramModel ? 1 : 2,
    byteFallback: pieces.some((p) => p.type === "byte"),
  };
  return wrapErrors("sentencepiece", () => new SentencePiece({ pieces, trainerSpec, normalizerSpec: spec }).toBytes());
}

function typeOf(piece: string, unknown: boolean, added: AddedToken | undefined): PieceType {
  if (unknown) return "unknown";
  if (added) return added.special ? "control" : "user-defined";
  return fallbackByte(piece) === undefined ? "normal" : "byte";
}

function scoresOf({ unigram }: UnigramModel): Map<number, number> {
  return new Map(unigram.pieces().map(([, score], id) => [id, score]));
}

/** Minus the place in the order of joining, the earliest way to make a token counting. */
function ranksOf({ bpe }: CharacterBpeModel): Map<number, number> {
  const scores = new Map<number, number>();
  bpe.merges().forEach(([left, right], rank) => {
    const id = bpe.tokenId(bpe.tokenText(left)! + bpe.tokenText(right)!);
    if (id !== undefined && !scores.has(id)) scores.set(id, -rank);
  });
  return scores;
}
