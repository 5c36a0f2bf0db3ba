// Byte-level byte-pair encoding: text ↔ token ids, without loss for any text.
//
// A scanner cuts the text into pieces (words, roughly); each piece, as UTF-8 bytes, is joined up by rank
// (merge.ts). Tokens never cross pieces. Ids are exactly tiktoken's for tiktoken's ranks, and Hugging Face's for a
// list of merges.
//
// Source: Radford et al., "Language Models are Unsupervised Multitask Learners" (GPT-2), section 2.2.

import { decodeBytes, decodeUtf8 } from "./decode.js";
import { mergesFromPairs, mergesFromVocabulary, pairsInOrder } from "./derive-merges.js";
import { type SampleOptions, sampledMerge } from "./dropout.js";
import { BpeError } from "./error.js";
import { type Join, type Merges, merge } from "./merge.js";
import { MAX_CACHED } from "./piece-cache.js";
import { eachPiece, PieceEncoder, type Scanner } from "./piece-encoder.js";
import { utf8, writeUtf8 } from "./utf8.js";
import { Vocabulary } from "./vocabulary.js";

/** Options of `BPE.fromMerges`. */
export interface FromMergesOptions {
  /** Tokens and their ids; without it the 256 bytes are the ids 0 to 255 and each merge makes the next id. */
  vocabulary?: Iterable<readonly [Uint8Array, number]>;
  /** Whether a piece that is a token is that token even if the merges lead elsewhere (`ignore_merges`); default false. */
  wholePieces?: boolean;
}

/** A byte-level BPE vocabulary: encodes text to ids and decodes ids to text. */
export class BPE {
  readonly #vocabulary: Vocabulary;
  readonly #merges: Merges;
  /** Whether a piece that is a token is that token, whatever the merges make of it. */
  readonly wholePieces: boolean;
  readonly #byteIds = new Int32Array(256);
  readonly #encoder = new PieceEncoder((text, start, end, ids) => this.#pieceIds(text, start, end, ids, merge));
  readonly #bytes = new Uint8Array(MAX_CACHED * 3);

  private constructor(vocabulary: Vocabulary, merges: Merges, wholePieces: boolean) {
    this.#vocabulary = vocabulary;
    this.#merges = merges;
    this.wholePieces = wholePieces;
    for (let byte = 0; byte < 256; byte++) this.#byteIds[byte] = vocabulary.idOf(Uint8Array.of(byte));
  }

  /** From tiktoken's ranks: tokens and their ids, which are also the order of joining. Throws BpeError for ids or bytes that come twice. */
  static fromRanks(ranks: Iterable<readonly [Uint8Array, number]>): BPE {
    const vocabulary = vocabularyOf(ranks);
    return new BPE(vocabulary, mergesFromVocabulary(vocabulary), true);
  }

  /** From merges, pairs of ids in the order of joining. Throws BpeError for a merge of, or into, a token that is not there. */
  static fromMerges(merges: Iterable<readonly [number, number]>, options: FromMergesOptions = {}): BPE {
    const vocabulary = vocabularyOf(options.vocabulary ?? byteTokens());
    const derived = mergesFromPairs(merges, vocabulary, { extend: !options.vocabulary, share: true });
    return new BPE(vocabulary, derived, options.wholePieces ?? false);
  }

  /** Highest id + 1. */
  get vocabSize(): number {
    return this.#vocabulary.idLimit;
  }

  /** The ids of `text`, cut into pieces by `scanner`; without one the text is a single piece. */
  encode(text: string, scanner?: Scanner): number[] {
    const out: number[] = [];
    eachPiece(text, scanner, (start, end) => this.#encoder.append(text, start, end, out));
    return out;
  }

  /** The ids of text that is cut already. */
  encodePieces(pieces: Iterable<string>): number[] {
    const out: number[] = [];
    for (const piece of pieces) this.#encoder.append(piece, 0, piece.length, out);
    return out;
  }

  /** Ids of `text` in a spelling drawn at random: BPE-dropout. `decode` brings the text back as ever. */
  encodeSampled(text: string, options: SampleOptions): number[] {
    const out: number[] = [];
    const joined = sampledMerge(options);
    eachPiece(text, options.scanner, (start, end) => {
      const ids = new Int32Array((end - start) * 3);
      const n = this.#pieceIds(text, start, end, ids, joined);
      for (let i = 0; i < n; i++) out.push(ids[i]!);
    });
    return out;
  }

  /** The ids of one piece given as bytes, which need not be UTF-8. */
  encodeBytes(piece: Uint8Array): number[] {
    const ids = new Int32Array(piece.length);
    return Array.from(ids.subarray(0, this.#mergeBytes(piece, piece.length, ids, merge)));
  }

  /** The bytes of the tokens, joined. Throws BpeError for an id that no token has. */
  decodeBytes(ids: Iterable<number>): Uint8Array {
    return decodeBytes(ids, (id) => this.#vocabulary.bytesOf(id));
  }

  /** The text of the tokens; bytes that are not UTF-8 become U+FFFD. Throws BpeError for an id that no token has. */
  decode(ids: Iterable<number>): string {
    return decodeUtf8(this.decodeBytes(ids));
  }

  /** The pairs that are joined, in order, for `BPE.fromMerges`: of a vocabulary made from ranks, all ways to cut each token in two. */
  merges(): [number, number][] {
    return pairsInOrder(this.#merges);
  }

  /** All tokens and their ids, by rising id. */
  *tokens(): Generator<[Uint8Array, number]> {
    for (let id = 0; id < this.vocabSize; id++) {
      const token = this.tokenBytes(id);
      if (token) yield [token, id];
    }
  }

  /** The bytes of one token (a copy), or undefined. */
  tokenBytes(id: number): Uint8Array | undefined {
    return this.#vocabulary.bytesOf(id)?.slice();
  }

  /** The id of a token given as bytes or as text, or undefined. */
  tokenId(token: Uint8Array | string): number | undefined {
    const id = this.#vocabulary.idOf(typeof token === "string" ? utf8(token) : token);
    return id === -1 ? undefined : id;
  }

  #pieceIds(text: string, start: number, end: number, ids: Int32Array, join: Join): number {
    const bytes = end - start <= MAX_CACHED ? this.#bytes : new Uint8Array((end - start) * 3);
    return this.#mergeBytes(bytes, writeUtf8(text, start, end, bytes), ids, join);
  }

  /** Encodes the piece `bytes[0, length)` into `ids`, which has room for a symbol a byte; returns how many ids. */
  #mergeBytes(bytes: Uint8Array, length: number, ids: Int32Array, join: Join): number {
    if (this.wholePieces && length > 1 && join === merge) {
      const whole = this.#vocabulary.find(this.#vocabulary.hash(bytes, 0, length), bytes, 0, length);
      if (whole !== -1) {
        ids[0] = whole;
        return 1;
      }
    }
    for (let i = 0; i < length; i++) {
      const id = this.#byteIds[bytes[i]!]!;
      if (id === -1) throw new BpeError(`BPE.encode: the vocabulary has no token for the byte ${bytes[i]}`);
      ids[i] = id;
    }
    return join(this.#merges, ids, length);
  }
}

function vocabularyOf(tokens: Iterable<readonly [Uint8Array, number]>): Vocabulary {
  const vocabulary = new Vocabulary();
  for (const [token, id] of tokens) vocabulary.add(token, id);
  return vocabulary;
}

/** The 256 bytes, each its own id. */
export function* byteTokens(): Generator<[Uint8Array, number]> {
  for (let byte = 0; byte < 256; byte++) yield [Uint8Array.of(byte), byte];
}
