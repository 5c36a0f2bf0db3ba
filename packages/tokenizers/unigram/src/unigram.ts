// Unigram language model tokenization: a text is cut into the pieces that are most probable together.
//
//   p(x) = product over the pieces of x of p(piece)
//
// Source: Kudo, "Subword Regularization: Improving Neural Network Translation Models with Multiple Subword Candidates"
// (arXiv:1804.10959). Ids are exactly sentencepiece's for its vocabularies and normalized text ("▁" for blanks).

import { currentRandom, type Random } from "@llm/random";
import { appendUnknown, Encoder } from "./encoder.js";
import { UnigramError } from "./error.js";
import { type Lattice, latticeOf } from "./lattice.js";
import { nBest } from "./n-best.js";
import { sampleNodes } from "./sample.js";
import { writeUnits } from "./units.js";
import { UNKNOWN } from "./viterbi.js";
import { bytePiece, type UnigramConfig, Vocabulary } from "./vocabulary.js";

/** Options of `Unigram.sample`. */
export interface SampleOptions {
  /** How much better segmentations are preferred: 0 draws all alike, large values the best. Default 0.1. */
  alpha?: number;
  /** Default: the random numbers of the innermost `withRandom` of @llm/random. */
  random?: Random;
}

/** A segmentation of a text. */
export interface Segmentation {
  ids: number[];
  /** The logarithm of its probability: the sum of its pieces' scores. */
  score: number;
}

const MAX_N_BEST = 1024;

/** A unigram vocabulary: encodes normalized text to ids, and decodes ids. */
export class Unigram {
  readonly #vocabulary: Vocabulary;
  readonly #encoder: Encoder;
  #units: Uint16Array = new Uint16Array(1024);

  /** Throws UnigramError for pieces that are empty or come twice, scores that are no numbers, ids out of range. */
  constructor(config: UnigramConfig) {
    this.#vocabulary = new Vocabulary(config);
    this.#encoder = new Encoder(this.#vocabulary);
  }

  /** Number of pieces: highest id + 1. */
  get vocabSize(): number {
    return this.#vocabulary.pieces.length;
  }

  /** The id of unknown characters, or undefined. */
  get unknownId(): number | undefined {
    return this.#vocabulary.unknownId === UNKNOWN ? undefined : this.#vocabulary.unknownId;
  }

  /** Whether unknown characters become bytes. */
  get byteFallback(): boolean {
    return this.#vocabulary.byteIds !== undefined;
  }

  /** The ids of the best segmentation. Linear in the text's length. Half of a surrogate pair counts as U+FFFD. */
  encode(text: string): number[] {
    const units = this.#read(text);
    const out: number[] = [];
    this.#encoder.encode(units, text.length, out);
    return out;
  }

  /** As `encode`, for text that is UTF-16 units already, without lone surrogates; appends the ids to `out`. */
  encodeUnits(units: Uint16Array, length: number, out: number[]): void {
    this.#encoder.encode(units, length, out);
  }

  /** The `n` best segmentations, 1024 at most, by falling score. */
  encodeNBest(text: string, n: number): Segmentation[] {
    if (!Number.isInteger(n) || n < 1 || n > MAX_N_BEST) {
      throw new UnigramError(`Unigram.encodeNBest: n must be an integer from 1 to ${MAX_N_BEST}, got ${String(n)}`);
    }
    const lattice = latticeOf(this.#vocabulary, this.#read(text), text.length);
    return nBest(lattice, n, this.#vocabulary.precision).map(({ nodes, score }) => ({
      ids: this.#idsOf(lattice, nodes),
      score,
    }));
  }

  /** The ids of a segmentation drawn at random, with probability ∝ p(segmentation)^alpha: subword regularization. */
  sample(text: string, { alpha = 0.1, random = currentRandom() }: SampleOptions = {}): number[] {
    if (!(alpha >= 0 && alpha < Infinity)) {
      throw new UnigramError(`Unigram.sample: alpha must be a number from 0 on, got ${String(alpha)}`);
    }
    const lattice = latticeOf(this.#vocabulary, this.#read(text), text.length);
    return this.#idsOf(lattice, sampleNodes(lattice, alpha, random));
  }

  /** A piece, or undefined for an id that is not there. */
  idToPiece(id: number): string | undefined {
    return this.#vocabulary.pieces[id];
  }

  /** The id of a piece, or undefined. */
  pieceToId(piece: string): number | undefined {
    return this.#vocabulary.idOf(piece);
  }

  /** The score of a piece, or undefined. */
  scoreOf(id: number): number | undefined {
    return this.#vocabulary.scores[id];
  }

  /** All pieces and scores, by id. */
  pieces(): [string, number][] {
    return this.#vocabulary.pieces.map((piece, id) => [piece, this.#vocabulary.scores[id]!]);
  }

  /** The bytes that a token stands for: with `byteFallback`, "<0x41>" is the byte 0x41; else a piece's UTF-8. */
  tokenBytes(id: number): Uint8Array | undefined {
    const piece = this.#vocabulary.pieces[id];
    if (piece === undefined) return undefined;
    const byte = this.byteFallback && /^<0x[0-9A-F]{2}>$/.test(piece) ? Number.parseInt(piece.slice(3, 5), 16) : -1;
    return byte !== -1 && bytePiece(byte) === piece ? Uint8Array.of(byte) : new TextEncoder().encode(piece);
  }

  #read(text: string): Uint16Array {
    if (text.length > this.#units.length) this.#units = new Uint16Array(2 * text.length);
    writeUnits(text, this.#units);
    return this.#units;
  }

  #idsOf({ ids, begins }: Lattice, nodes: readonly number[]): number[] {
    const out: number[] = [];
    for (const k of nodes) {
      if (ids[k] !== UNKNOWN) out.push(ids[k]!);
      else appendUnknown(this.#vocabulary, this.#units, begins[k]!, 0, out);
    }
    return out;
  }
}
