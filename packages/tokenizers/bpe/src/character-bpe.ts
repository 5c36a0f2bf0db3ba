// Byte-pair encoding on characters, as sentencepiece and the tokenizers of LLaMA 1 and 2, Mistral and Gemma have it: a token
// is a piece of text, and a character that no token covers falls back on the tokens of its bytes, or on "unknown".
//
// What is joined is said in one of two ways. Hugging Face lists pairs in their order. Sentencepiece gives each token a
// score: any two neighbors may be joined if their text is a token, that of the highest score first, the leftmost of equals.
//
// Sources: Sennrich et al. (arXiv:1508.07909); Kudo and Richardson, "SentencePiece" (arXiv:1808.06226) for scores and
// bytes. Blanks are characters like any other here: "▁" is put in, and taken out, by the pipeline around.

import { type CharacterBpeOptions, CharacterVocabulary, type TextToken } from "./character-vocabulary.js";
import { decodeBytes, decodeUtf8 } from "./decode.js";
import { mergesFromPairs, pairsInOrder } from "./derive-merges.js";
import { type SampleOptions, sampledMerge } from "./dropout.js";
import { BpeError } from "./error.js";
import { type Join, type Merges, merge } from "./merge.js";
import { eachPiece, PieceEncoder, type Scanner } from "./piece-encoder.js";
import { SafeCuts } from "./safe-cuts.js";
import { mergesFromScores } from "./scores.js";
import { type Affixes, Symbols } from "./symbols.js";
import { utf8 } from "./utf8.js";

/** Options of `CharacterBPE.fromMerges`. */
export interface CharacterMergesOptions extends CharacterBpeOptions {
  /** All tokens and their ids. */
  vocabulary: Iterable<TextToken>;
  /** Whether a piece that is a token is that token whatever the merges make of it (`ignore_merges`); default false. */
  wholePieces?: boolean;
  /** What tokens within a word begin with, "##" say; default "". */
  continuingSubwordPrefix?: string;
  /** What tokens at the end of a word end in, "</w>" say; default "". */
  endOfWordSuffix?: string;
}

/** A BPE vocabulary of text tokens: encodes text to ids and decodes ids to text. */
export class CharacterBPE {
  readonly #vocabulary: CharacterVocabulary;
  readonly #merges: Merges;
  readonly #symbols: Symbols;
  readonly #cuts: SafeCuts | undefined;
  readonly #whole: boolean;
  readonly #fused: number;
  readonly #encoder = new PieceEncoder((text, start, end, ids) => this.#pieceIds(text, start, end, ids, merge));

  private constructor(vocabulary: CharacterVocabulary, merges: Merges, options: Partial<CharacterMergesOptions>) {
    this.#vocabulary = vocabulary;
    this.#merges = merges;
    this.#whole = options.wholePieces ?? false;
    this.#fused = options.fuseUnknown && typeof options.unknown === "number" ? options.unknown : -1;
    const affixes: Affixes = {
      prefix: options.continuingSubwordPrefix ?? "",
      suffix: options.endOfWordSuffix ?? "",
    };
    const affixed = affixes.prefix + affixes.suffix !== "";
    if (affixed && options.byteFallback) throw new BpeError("CharacterBPE: bytes have no prefix and no suffix");
    this.#symbols = new Symbols(
      (token) => vocabulary.text.idOf(utf8(token)),
      vocabulary.fallback,
      affixed ? affixes : undefined,
    );
    if (!affixed && !this.#whole) this.#cuts = new SafeCuts(joinedTokens(vocabulary, merges));
  }

  /** From pairs of ids in the order of joining. Throws BpeError for a merge of, or into, a token that is not there. */
  static fromMerges(merges: Iterable<readonly [number, number]>, options: CharacterMergesOptions): CharacterBPE {
    const vocabulary = new CharacterVocabulary(options.vocabulary, options);
    const prefix = utf8(options.continuingSubwordPrefix ?? "");
    const derived = mergesFromPairs(merges, vocabulary.text, { extend: false, share: false, prefix });
    return new CharacterBPE(vocabulary, derived, options);
  }

  /** From tokens with sentencepiece's scores. Throws BpeError for a score that is no number, or for ids or tokens that come twice. */
  static fromScores(
    tokens: Iterable<readonly [token: string, id: number, score: number]>,
    options: CharacterBpeOptions = {},
  ): CharacterBPE {
    const scored = [...tokens];
    const vocabulary = new CharacterVocabulary(
      scored.map(([token, id]) => [token, id] as const),
      options,
    );
    return new CharacterBPE(vocabulary, mergesFromScores(vocabulary, scored), options);
  }

  /** Highest id + 1. */
  get vocabSize(): number {
    return this.#vocabulary.size;
  }

  /** The ids of `text`, cut into pieces by `scanner`; without one the text is a single piece. */
  encode(text: string, scanner?: Scanner): number[] {
    const out: number[] = [];
    eachPiece(text, scanner, (start, end) => this.#appendPiece(text, start, end, out));
    return out;
  }

  /** The ids of text that is cut already. */
  encodePieces(pieces: Iterable<string>): number[] {
    const out: number[] = [];
    for (const piece of pieces) this.#appendPiece(piece, 0, piece.length, out);
    return out;
  }

  /** Ids of `text` in a spelling drawn at random, for each part that no token crosses: BPE-dropout. */
  encodeSampled(text: string, options: SampleOptions): number[] {
    const out: number[] = [];
    const join = sampledMerge(options);
    const append = (from: number, to: number): void => {
      const ids = new Int32Array((to - from) * 3);
      const n = this.#pieceIds(text, from, to, ids, join);
      for (let i = 0; i < n; i++) out.push(ids[i]!);
    };
    eachPiece(text, options.scanner, (start, end) => this.#eachPart(text, start, end, out, append));
    return out;
  }

  /** The text and the bytes of the tokens, joined, as UTF-8. Throws BpeError for an id that no token has. */
  decodeBytes(ids: Iterable<number>): Uint8Array {
    return decodeBytes(ids, (id) => this.#vocabulary.content(id));
  }

  /** The text of the tokens; bytes that are not UTF-8 become U+FFFD. Throws BpeError for an id that no token has. */
  decode(ids: Iterable<number>): string {
    return decodeUtf8(this.decodeBytes(ids));
  }

  /** The pairs that are joined, in order, for `fromMerges`. */
  merges(): [number, number][] {
    return pairsInOrder(this.#merges).filter(([left, right]) => this.tokenText(left) && this.tokenText(right));
  }

  /** All tokens and their ids, by rising id. */
  *tokens(): Generator<[string, number]> {
    for (let id = 0; id < this.vocabSize; id++) {
      const token = this.tokenText(id);
      if (token !== undefined) yield [token, id];
    }
  }

  /** A token as it is spelled, or undefined. */
  tokenText(id: number): string | undefined {
    return id < this.vocabSize ? this.#vocabulary.spelling(id) : undefined;
  }

  /** The id of a token by its spelling, or undefined. */
  tokenId(token: string): number | undefined {
    const id = this.#vocabulary.idOf(token);
    return id === -1 || id >= this.vocabSize ? undefined : id;
  }

  #appendPiece(text: string, start: number, end: number, out: number[]): void {
    this.#eachPart(text, start, end, out, (from, to) => this.#encoder.append(text, from, to, out));
  }

  /** Calls `append` for each part of a piece that can be encoded by itself; fuses unknown tokens where parts meet. */
  #eachPart(text: string, start: number, end: number, out: number[], append: (from: number, to: number) => void): void {
    const first = out.length;
    for (let from = start; from < end; ) {
      const to = this.#cuts ? this.#cuts.next(text, from, end) : end;
      const mark = out.length;
      append(from, to);
      if (mark > first && out[mark] === this.#fused && out[mark - 1] === this.#fused) out.splice(mark, 1);
      from = to;
    }
  }

  #pieceIds(text: string, start: number, end: number, ids: Int32Array, join: Join): number {
    if (this.#whole && join === merge) {
      const id = this.#vocabulary.text.idOf(utf8(text.slice(start, end)));
      if (id !== -1) {
        ids[0] = id;
        return 1;
      }
    }
    const n = join(this.#merges, ids, this.#symbols.write(text, start, end, ids));
    return this.#finish(ids, n);
  }

  /** Replaces symbols that are no token by what stands for them, and fuses neighboring unknown ones. */
  #finish(ids: Int32Array, n: number): number {
    const limit = this.vocabSize;
    let changes = false;
    for (let i = 0; i < n; i++) if (ids[i]! >= limit || ids[i] === this.#fused) changes = true;
    if (!changes) return n;
    let length = 0;
    for (const id of ids.slice(0, n)) {
      if (id >= limit) {
        const code = this.#vocabulary.spelling(id)!.codePointAt(0)!;
        length = this.#symbols.writeFallback(code, ids, length);
      } else ids[length++] = id;
      if (length > 1 && ids[length - 1] === this.#fused && ids[length - 2] === this.#fused) length--;
    }
    return length;
  }
}

function* joinedTokens(vocabulary: CharacterVocabulary, { merged }: Merges): Generator<string> {
  for (const id of merged) yield vocabulary.spelling(id)!;
}
