// Counts how often each distinct piece occurs in a stream of text: all that BPE training needs to know of a
// corpus, and far smaller than it.

import { BpeError } from "./error.js";
import type { Scanner } from "./piece-encoder.js";

/** Options of `PieceCounter`. */
export interface PieceCounterOptions {
  /** How many distinct pieces to hold; beyond it the rarest are forgotten. Default 8 million (roughly a gigabyte). */
  maxPieces?: number;
}

/** Distinct pieces and their counts; iterate it, or hand it to `trainBpe`. */
export class PieceCounter implements Iterable<[string, number]> {
  readonly #counts = new Map<string, number>();
  readonly #scanner: Scanner;
  readonly #maxPieces: number;

  constructor(scanner: Scanner, { maxPieces = 8_000_000 }: PieceCounterOptions = {}) {
    this.#scanner = scanner;
    this.#maxPieces = maxPieces;
  }

  /** Number of distinct pieces. */
  get size(): number {
    return this.#counts.size;
  }

  /** Counts the pieces of a text. Pieces do not cross calls: cut a corpus between documents or lines. */
  add(text: string): void {
    const counts = this.#counts;
    for (let start = 0; start < text.length; ) {
      const end = this.#scanner(text, start);
      if (!(end > start)) throw new BpeError(`PieceCounter: the scanner made no step at position ${start}, got ${end}`);
      const piece = text.slice(start, end);
      const count = counts.get(piece);
      if (count !== undefined) counts.set(piece, count + 1);
      else {
        if (counts.size >= this.#maxPieces) this.#forgetRarest();
        counts.set(owned(piece), 1);
      }
      start = end;
    }
  }

  [Symbol.iterator](): Iterator<[string, number]> {
    return this.#counts.entries();
  }

  /** Drops the pieces that occur least often, until half of the room is free. */
  #forgetRarest(): void {
    for (let rare = 1; this.#counts.size > this.#maxPieces / 2; rare *= 2) {
      for (const [piece, count] of this.#counts) if (count <= rare) this.#counts.delete(piece);
    }
  }
}

/** A copy that does not keep the text it was cut from alive, as V8's slices of 13 units and more do. */
function owned(piece: string): string {
  return piece.length < 13 ? piece : ` ${piece}`.slice(1);
}
