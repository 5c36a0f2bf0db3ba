// The pieces of a model, their scores (log probabilities) and what each is for.

import { buildDoubleArray } from "./double-array.js";
import { UnigramError } from "./error.js";
import { codeTable } from "./units.js";

/** An unknown character costs this much more than the worst piece (sentencepiece's constant). */
const UNKNOWN_PENALTY = 10;
/** No vocabulary in use has a tenth of it. */
const MAX_PIECES = 1 << 21;
const MAX_PIECE_UNITS = 8000;

/** What a model is made of. */
export interface UnigramConfig {
  /** Pieces and their scores, log probabilities; the place in the list is the id. */
  pieces: Iterable<readonly [piece: string, score: number]>;
  /** The id of characters that no piece has; without it, and without `byteFallback`, they are errors. */
  unknownId?: number;
  /** Whether unknown characters become the pieces of their UTF-8 bytes, "<0x00>" to "<0xFF>"; default false. */
  byteFallback?: boolean;
  /** Ids that are never found in text: control symbols, the unknown piece, bytes. Default none. */
  hidden?: Iterable<number>;
  /** Ids of symbols that are always found in text, whatever the scores. Default none. */
  userDefined?: Iterable<number>;
  /** How sums of scores are rounded: "float32" gives sentencepiece's ids even where rounding decides, "float64" Hugging Face's. Default "float32". */
  precision?: "float32" | "float64";
}

/** Pieces by id, their scores, and a trie of those that text can have. */
export class Vocabulary {
  readonly pieces: string[] = [];
  readonly scores: number[] = [];
  readonly unknownId: number;
  readonly precision: "float32" | "float64";
  /** The ids of the 256 bytes, if unknown characters become bytes. */
  readonly byteIds: Int32Array | undefined;
  /** Score of an unknown character. */
  readonly unknownScore: number;
  /** Scores in the search for the best segmentation, and in that for several: they differ for user-defined symbols. */
  readonly bestScores: Float64Array;
  readonly latticeScores: Float32Array | Float64Array;
  readonly trie: Int32Array;
  /** UTF-16 unit → step in the trie. */
  readonly codes: Int32Array;
  /** The ids that text can have. */
  readonly visible: readonly number[];
  readonly #ids = new Map<string, number>();

  constructor(config: UnigramConfig) {
    this.precision = config.precision ?? "float32";
    this.#read(config.pieces);
    this.unknownId = config.unknownId === undefined ? -1 : this.#checkId(config.unknownId, "unknownId");
    const hidden = new Set(Array.from(config.hidden ?? [], (id) => this.#checkId(id, "hidden")));
    const userDefined = new Set(Array.from(config.userDefined ?? [], (id) => this.#checkId(id, "userDefined")));
    this.visible = this.pieces.map((_, id) => id).filter((id) => !hidden.has(id));
    this.byteIds = config.byteFallback ? this.#findBytes() : undefined;
    const normal = this.visible.filter((id) => !userDefined.has(id));
    const lowest = normal.reduce((least, id) => Math.min(least, this.scores[id]!), normal.length ? Infinity : 0);
    // sentencepiece starts from the smallest positive number, so that below-zero scores leave the maximum there.
    const highest = normal.reduce((most, id) => Math.max(most, this.scores[id]!), 2 ** -126);
    this.unknownScore = this.#round(lowest - UNKNOWN_PENALTY);
    this.bestScores = Float64Array.from(this.scores);
    this.latticeScores = this.precision === "float32" ? Float32Array.from(this.scores) : Float64Array.from(this.scores);
    for (const id of userDefined) {
      const bytes = new TextEncoder().encode(this.pieces[id]).length;
      this.bestScores[id] = this.#round(bytes * highest) - 0.1;
      this.latticeScores[id] = this.#round([...this.pieces[id]!].length * highest) - 0.1;
    }
    const { table, trie } = buildTrie(this.visible.map((id) => [this.pieces[id]!, id]));
    this.codes = table;
    this.trie = trie;
  }

  /** The id of a piece, or undefined. */
  idOf(piece: string): number | undefined {
    return this.#ids.get(piece);
  }

  #read(pieces: UnigramConfig["pieces"]): void {
    for (const [piece, score] of pieces) {
      const id = this.pieces.length;
      if (id === MAX_PIECES) throw new UnigramError(`Unigram: more than ${MAX_PIECES} pieces`);
      if (piece === "") throw new UnigramError(`Unigram: piece ${id} is empty`);
      if (piece.length > MAX_PIECE_UNITS) {
        throw new UnigramError(`Unigram: piece ${id} is ${piece.length} units long (${MAX_PIECE_UNITS} at most)`);
      }
      const twin = this.#ids.get(piece);
      if (twin !== undefined) {
        throw new UnigramError(`Unigram: the pieces ${twin} and ${id} are both ${JSON.stringify(piece)}`);
      }
      if (!Number.isFinite(this.#round(score))) {
        throw new UnigramError(`Unigram: the score of ${JSON.stringify(piece)} must be a finite number, got ${score}`);
      }
      this.#ids.set(piece, id);
      this.pieces.push(piece);
      this.scores.push(this.#round(score));
    }
    if (this.pieces.length === 0) throw new UnigramError("Unigram: a vocabulary needs pieces, got none");
  }

  #checkId(id: number, what: string): number {
    if (Number.isInteger(id) && id >= 0 && id < this.pieces.length) return id;
    throw new UnigramError(`Unigram: ${what} must be ids from 0 to ${this.pieces.length - 1}, got ${String(id)}`);
  }

  #findBytes(): Int32Array {
    return Int32Array.from({ length: 256 }, (_, byte) => {
      const id = this.#ids.get(bytePiece(byte));
      if (id === undefined) {
        throw new UnigramError(
          `Unigram: byteFallback needs all 256 bytes, but the piece ${bytePiece(byte)} is missing`,
        );
      }
      return id;
    });
  }

  #round(score: number): number {
    return this.precision === "float32" ? Math.fround(score) : score;
  }
}

/** How a byte is written as a piece. */
export function bytePiece(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

function buildTrie(entries: [string, number][]): { table: Int32Array; trie: Int32Array } {
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  const { table, maxCode } = codeTable(entries.map(([piece]) => piece));
  const starts = new Int32Array(entries.length + 1);
  entries.forEach(([piece], k) => {
    starts[k + 1] = starts[k]! + piece.length;
  });
  const codes = new Int32Array(starts[entries.length]!);
  entries.forEach(([piece], k) => {
    for (let i = 0; i < piece.length; i++) codes[starts[k]! + i] = table[piece.charCodeAt(i)]! >> 2;
  });
  return {
    table,
    trie: buildDoubleArray({ codes, starts, values: Int32Array.from(entries, ([, id]) => id) }, maxCode),
  };
}
