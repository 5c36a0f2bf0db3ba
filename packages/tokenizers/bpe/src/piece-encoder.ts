// Text to ids, piece by piece, by way of what is remembered of earlier pieces.
//
// What a piece becomes is the business of `PieceIds`; this is the loop around it, and the same for bytes and characters.

import { BpeError } from "./error.js";
import { MAX_CACHED, PieceCache } from "./piece-cache.js";

/** Where the piece of `text` that starts at `start` ends (UTF-16 units; above `start`). */
export type Scanner = (text: string, start: number) => number;

/** Writes the ids of the piece `text[start, end)` to `ids`, which has room for three a UTF-16 unit; returns how many. */
export type PieceIds = (text: string, start: number, end: number, ids: Int32Array) => number;

/** Calls `onPiece` for each piece of `text`, a single one without a scanner. Throws BpeError for one that makes no step. */
export function eachPiece(
  text: string,
  scanner: Scanner | undefined,
  onPiece: (start: number, end: number) => void,
): void {
  for (let start = 0; start < text.length; ) {
    const end = scanner ? scanner(text, start) : text.length;
    if (!(end > start)) throw new BpeError(`BPE.encode: the scanner made no step at position ${start}, got ${end}`);
    onPiece(start, Math.min(end, text.length));
    start = end;
  }
}

/** Appends the ids of pieces to lists, out of the cache where it can. */
export class PieceEncoder {
  readonly #cache = new PieceCache();
  readonly #ids = new Int32Array(MAX_CACHED * 3);
  readonly #pieceIds: PieceIds;

  constructor(pieceIds: PieceIds) {
    this.#pieceIds = pieceIds;
  }

  append(text: string, start: number, end: number, out: number[]): void {
    const short = end - start <= MAX_CACHED;
    if (short && this.#cache.append(text, start, end, out)) return;
    const ids = short ? this.#ids : new Int32Array((end - start) * 3);
    const n = this.#pieceIds(text, start, end, ids);
    for (let i = 0; i < n; i++) out.push(ids[i]!);
    if (short) this.#cache.keep(text, start, end, ids, n);
  }
}
