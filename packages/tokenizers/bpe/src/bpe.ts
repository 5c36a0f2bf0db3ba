// Byte-level byte-pair encoding: text ↔ token ids, without loss for any text.
//
// A scanner cuts the text into pieces (words, roughly); each piece, as UTF-8 bytes, is joined up by rank
// (merge.ts). Tokens never cross pieces. Ids are exactly tiktoken's for tiktoken's ranks, and Hugging Face's for a
// list of merges.
//
// Source: Radford et al., "Language Models are Unsupervised Multitask Learners" (GPT-2), section 2.2.

import { mergesFromPairs, mergesFromVocabulary, pairsInOrder } from "./derive-merges.js";
import { BpeError } from "./error.js";
import { type Merges, merge } from "./merge.js";
import { MAX_CACHED, PieceCache } from "./piece-cache.js";
import { utf8, writeUtf8 } from "./utf8.js";
import { Vocabulary } from "./vocabulary.js";

/** Where the piece of `text` that starts at `start` ends (UTF-16 units; above `start`). */
export type Scanner = (text: string, start: number) => number;

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
  readonly #cache = new PieceCache();
  readonly #bytes = new Uint8Array(MAX_CACHED * 3);
  readonly #ids = new Int32Array(MAX_CACHED * 3);
  readonly #decoder = new TextDecoder("utf-8", { ignoreBOM: true });

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
    const derived = mergesFromPairs(merges, vocabulary, options.vocabulary === undefined);
    return new BPE(vocabulary, derived, options.wholePieces ?? false);
  }

  /** Highest id + 1. */
  get vocabSize(): number {
    return this.#vocabulary.idLimit;
  }

  /** The ids of `text`, cut into pieces by `scanner`; without one the text is a single piece. */
  encode(text: string, scanner?: Scanner): number[] {
    const out: number[] = [];
    for (let start = 0; start < text.length; ) {
      const end = scanner ? scanner(text, start) : text.length;
      if (!(end > start)) throw new BpeError(`BPE.encode: the scanner made no step at position ${start}, got ${end}`);
      this.#encodePiece(text, start, Math.min(end, text.length), out);
      start = end;
    }
    return out;
  }

  /** The ids of text that is cut already. */
  encodePieces(pieces: Iterable<string>): number[] {
    const out: number[] = [];
    for (const piece of pieces) this.#encodePiece(piece, 0, piece.length, out);
    return out;
  }

  /** The ids of one piece given as bytes, which need not be UTF-8. */
  encodeBytes(piece: Uint8Array): number[] {
    const ids = new Int32Array(piece.length);
    return Array.from(ids.subarray(0, this.#mergeBytes(piece, piece.length, ids)));
  }

  /** The bytes of the tokens, joined. Throws BpeError for an id that no token has. */
  decodeBytes(ids: Iterable<number>): Uint8Array {
    const tokens: Uint8Array[] = [];
    let length = 0;
    for (const id of ids) {
      const token = this.#vocabulary.bytesOf(id);
      if (!token) throw new BpeError(`BPE.decode: no token has the id ${String(id)} (ids are below ${this.vocabSize})`);
      tokens.push(token);
      length += token.length;
    }
    const out = new Uint8Array(length);
    let at = 0;
    for (const token of tokens) {
      out.set(token, at);
      at += token.length;
    }
    return out;
  }

  /** The text of the tokens; bytes that are not UTF-8 become U+FFFD. Throws BpeError for an id that no token has. */
  decode(ids: Iterable<number>): string {
    return this.#decoder.decode(this.decodeBytes(ids));
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

  #encodePiece(text: string, start: number, end: number, out: number[]): void {
    const short = end - start <= MAX_CACHED;
    if (short && this.#cache.append(text, start, end, out)) return;
    const bytes = short ? this.#bytes : new Uint8Array((end - start) * 3);
    const length = writeUtf8(text, start, end, bytes);
    const ids = short ? this.#ids : new Int32Array(length);
    const n = this.#mergeBytes(bytes, length, ids);
    for (let i = 0; i < n; i++) out.push(ids[i]!);
    if (short) this.#cache.keep(text, start, end, ids, n);
  }

  /** Encodes the piece `bytes[0, length)` into `ids`, which has room for a symbol a byte; returns how many ids. */
  #mergeBytes(bytes: Uint8Array, length: number, ids: Int32Array): number {
    if (this.wholePieces && length > 1) {
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
    return merge(this.#merges, ids, length);
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
