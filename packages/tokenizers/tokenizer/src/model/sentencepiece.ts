// A sentencepiece model as a model of the pipeline: text that is normalized already, to ids.

import { CharacterBPE } from "@llm/bpe/characters";
import { type SentencePieceModel as ModelFile, SentencePiece } from "@llm/sentencepiece";
import { TokenizerError } from "../error.js";
import type { Model } from "./model.js";

/** A `SentencePiece` of @llm/sentencepiece as a model. */
export class SentencePieceModel implements Model {
  readonly sentencePiece: SentencePiece;
  readonly #segmenter: SentencePiece;

  constructor(sentencePiece: SentencePiece) {
    this.sentencePiece = sentencePiece;
    // The same pieces without rules for text: the normalizer is a stage of its own here.
    const asIs = { addDummyPrefix: false, removeExtraWhitespaces: false, escapeWhitespaces: false };
    const { denormalizerSpec: _, ...model } = sentencePiece.model;
    this.#segmenter = new SentencePiece({ ...model, normalizerSpec: asIs });
  }

  get vocabSize(): number {
    return this.sentencePiece.vocabSize;
  }

  encode(piece: string, out: number[]): void {
    const ids = this.#segmenter.encode(piece);
    for (let i = 0; i < ids.length; i++) out.push(ids[i]!);
  }

  surface(id: number): string | number | undefined {
    const type = this.sentencePiece.typeOf(id);
    if (type === "unknown" || type === undefined) return undefined;
    return type === "byte" ? this.sentencePiece.tokenBytes(id)![0] : this.sentencePiece.idToPiece(id);
  }

  idToToken(id: number): string | undefined {
    return this.sentencePiece.idToPiece(id);
  }

  tokenToId(token: string): number | undefined {
    return this.sentencePiece.pieceToId(token);
  }

  /** As Hugging Face's converter writes it: scores for unigram, merges made from them for BPE. */
  toJSON(): object {
    const { kind, model, unknownId } = this.sentencePiece;
    const byteFallback = model.pieces.some(({ type }) => type === "byte");
    if (kind === "unigram") {
      const vocab = model.pieces.map(({ piece, score = 0 }) => [piece, score]);
      return { type: "Unigram", unk_id: unknownId, vocab, byte_fallback: byteFallback };
    }
    if (kind === "bpe") return bpeJson(model, unknownId, byteFallback);
    throw new TokenizerError(`tokenizer.json: has no model of sentencepiece's kind "${kind}"`);
  }
}

function bpeJson({ pieces }: ModelFile, unknownId: number, byteFallback: boolean): object {
  const scored = pieces.flatMap(({ piece, score = 0, type = "normal" }, id) =>
    type === "normal" || type === "user-defined" ? [[piece, id, score] as const] : [],
  );
  const bpe = CharacterBPE.fromScores(scored, { unknown: "drop" });
  const vocab: Record<string, number> = Object.create(null);
  for (const [id, { piece }] of pieces.entries()) vocab[piece] = id;
  return {
    type: "BPE",
    dropout: null,
    unk_token: pieces[unknownId]?.piece ?? null,
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: true,
    byte_fallback: byteFallback,
    ignore_merges: false,
    vocab,
    merges: bpe.merges().map(([left, right]) => [pieces[left]!.piece, pieces[right]!.piece]),
  };
}
