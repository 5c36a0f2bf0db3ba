// Unigram as a model of the pipeline.

import type { Unigram } from "@llm/unigram";
import { fallbackByte } from "../decoder/bytes.js";
import type { Model } from "./model.js";

/** A `Unigram` of @llm/unigram as a model. */
export class UnigramModel implements Model {
  readonly unigram: Unigram;

  constructor(unigram: Unigram) {
    this.unigram = unigram;
  }

  get vocabSize(): number {
    return this.unigram.vocabSize;
  }

  encode(piece: string, out: number[]): void {
    const ids = this.unigram.encode(piece);
    for (let i = 0; i < ids.length; i++) out.push(ids[i]!);
  }

  surface(id: number): string | number | undefined {
    if (id === this.unigram.unknownId) return undefined;
    const piece = this.unigram.idToPiece(id);
    return (this.unigram.byteFallback && piece !== undefined ? fallbackByte(piece) : undefined) ?? piece;
  }

  idToToken(id: number): string | undefined {
    return this.unigram.idToPiece(id);
  }

  tokenToId(token: string): number | undefined {
    return this.unigram.pieceToId(token);
  }

  toJSON(): object {
    return {
      type: "Unigram",
      unk_id: this.unigram.unknownId ?? null,
      vocab: this.unigram.pieces(),
      byte_fallback: this.unigram.byteFallback,
    };
  }
}
