// The pieces of a model by id and by text, with what each type means.

import { SentencePieceError } from "./error.js";
import type { PieceType, SentencePieceModel } from "./model-file.js";

// Trainers make pieces of 16 characters at most. An unused one is taken apart step by step, each step quadratic in it, and
// symbols stand in a trie with a node a character.
const MAX_PIECE = 8000;
const MAX_UNUSED = 128;
const MAX_SYMBOLS = 2 ** 20;

/** The checked pieces of a model. */
export class Vocabulary {
  readonly pieces: string[];
  readonly scores: Float64Array;
  readonly types: PieceType[];
  readonly unknownId: number;
  readonly byteFallback: boolean;
  readonly userDefinedSymbols: string[];
  /** Id → byte, -1 for all but byte pieces. */
  readonly bytes: Int16Array;
  /** Byte → id. */
  readonly byteIds: Int32Array = new Int32Array(256).fill(-1);
  readonly #ids = new Map<string, number>();

  constructor({ pieces, trainerSpec = {} }: SentencePieceModel) {
    if (pieces.length === 0) fail("it has no pieces");
    this.pieces = pieces.map(({ piece }) => piece);
    this.scores = Float64Array.from(pieces, ({ score = 0 }) => Math.fround(score));
    this.types = pieces.map(({ type = "normal" }) => type);
    this.byteFallback = trainerSpec.byteFallback ?? false;
    this.bytes = new Int16Array(pieces.length).fill(-1);
    for (let id = 0; id < pieces.length; id++) this.#check(id);
    this.unknownId = this.types.indexOf("unknown");
    if (this.unknownId === -1) fail('no piece has the type "unknown"');
    if (this.types.lastIndexOf("unknown") !== this.unknownId) {
      fail(`pieces ${this.unknownId} and ${this.types.lastIndexOf("unknown")} both have the type "unknown"`);
    }
    if (this.byteFallback && this.byteIds.includes(-1)) {
      fail(`trainerSpec.byteFallback is set, but the byte piece ${bytePiece(this.byteIds.indexOf(-1))} is missing`);
    }
    this.userDefinedSymbols = this.pieces.filter((_, id) => this.types[id] === "user-defined");
    const size = this.userDefinedSymbols.reduce((sum, symbol) => sum + symbol.length, 0);
    if (size > MAX_SYMBOLS) fail(`its user-defined symbols have ${size} characters (${MAX_SYMBOLS} at most)`);
  }

  /** The id of a piece, or undefined. */
  idOf(piece: string): number | undefined {
    return this.#ids.get(piece);
  }

  /** The ids of some types. */
  idsOf(...types: PieceType[]): number[] {
    return this.types.flatMap((type, id) => (types.includes(type) ? [id] : []));
  }

  #check(id: number): void {
    const piece = this.pieces[id]!;
    if (piece === "") fail(`piece ${id} is empty`);
    const longest = this.types[id] === "unused" ? MAX_UNUSED : MAX_PIECE;
    if (piece.length > longest) fail(`piece ${id} is ${piece.length} units long (${longest} at most)`);
    if (piece.includes("\0")) fail(`piece ${id}, ${shown(piece)}, has a null character`);
    const twin = this.#ids.get(piece);
    if (twin !== undefined) fail(`pieces ${twin} and ${id} are both ${shown(piece)}`);
    this.#ids.set(piece, id);
    if (!Number.isFinite(this.scores[id]!)) fail(`the score of piece ${id} must be a number, got ${this.scores[id]}`);
    if (this.types[id] !== "byte") return;
    if (!this.byteFallback) fail(`piece ${id} has the type "byte", but trainerSpec.byteFallback is not set`);
    const byte = /^<0x[0-9A-F]{2}>$/.test(piece) ? Number.parseInt(piece.slice(3, 5), 16) : -1;
    if (byte === -1) fail(`the byte piece ${id} must be "<0x00>" to "<0xFF>", got ${shown(piece)}`);
    this.bytes[id] = byte;
    this.byteIds[byte] = id;
  }
}

function shown(piece: string): string {
  return JSON.stringify(piece.slice(0, 60));
}

function bytePiece(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

function fail(message: string): never {
  throw new SentencePieceError(`sentencepiece model: ${message}`);
}
