// A sentencepiece tokenizer: text → normalized text → pieces → ids, and back, as the `.model` file says.
//
// Source: Kudo and Richardson, "SentencePiece: A simple and language independent subword tokenizer and detokenizer for
// Neural Text Processing" (arXiv:1808.06226). Ids and text are those of the C++ library for the same file.

import { currentRandom } from "@llm/random";
import { type SampleOptions, type Segmentation, Unigram } from "@llm/unigram";
import { BpeSegmenter } from "./bpe-segmenter.js";
import { type DecodeRules, decodeIds, decodeRulesOf } from "./decode.js";
import { checked, SentencePieceError } from "./error.js";
import { type PieceType, readModel, type SentencePieceModel, writeModel } from "./model-file.js";
import { Normalized } from "./normalized.js";
import { Normalizer } from "./normalizer.js";
import { kindOf, type ModelKind, type Segmenter, segmenterOf } from "./segmenter.js";
import { Vocabulary } from "./vocabulary.js";

/** A tokenizer made from a `.model` file. */
export class SentencePiece {
  /** What the file says. */
  readonly model: SentencePieceModel;
  readonly kind: ModelKind;
  readonly #vocabulary: Vocabulary;
  readonly #normalizer: Normalizer;
  readonly #denormalizer: Normalizer | undefined;
  readonly #segmenter: Segmenter;
  readonly #decodeRules: DecodeRules;
  readonly #normalized = new Normalized(false);

  /** Throws SentencePieceError for a model that cannot be right. */
  constructor(model: SentencePieceModel) {
    this.model = model;
    this.kind = kindOf(model);
    this.#vocabulary = new Vocabulary(model);
    const { trainerSpec = {}, normalizerSpec = {}, denormalizerSpec } = model;
    this.#normalizer = Normalizer.fromSpec(normalizerSpec, {
      treatWhitespaceAsSuffix: trainerSpec.treatWhitespaceAsSuffix,
      userDefinedSymbols: this.#vocabulary.userDefinedSymbols,
    });
    if (denormalizerSpec?.precompiledCharsmap?.length) this.#denormalizer = Normalizer.fromSpec(denormalizerSpec);
    this.#segmenter = checked("sentencepiece model", () => segmenterOf(this.kind, this.#vocabulary, model));
    this.#decodeRules = decodeRulesOf(normalizerSpec, trainerSpec.unkSurface);
  }

  /** From the bytes of a `.model` file. Throws SentencePieceError. */
  static fromBytes(bytes: Uint8Array): SentencePiece {
    return new SentencePiece(readModel(bytes));
  }

  /** The `.model` file. */
  toBytes(): Uint8Array {
    return writeModel(this.model);
  }

  /** Number of pieces: highest id + 1. */
  get vocabSize(): number {
    return this.#vocabulary.pieces.length;
  }

  /** The id of unknown pieces. */
  get unknownId(): number {
    return this.#vocabulary.unknownId;
  }

  /** The id of the control symbol that starts a text, or undefined. */
  get bosId(): number | undefined {
    return this.#control(this.model.trainerSpec?.bosPiece ?? "<s>");
  }

  /** The id of the control symbol that ends a text, or undefined. */
  get eosId(): number | undefined {
    return this.#control(this.model.trainerSpec?.eosPiece ?? "</s>");
  }

  /** The id of the control symbol that fills rows up, or undefined. */
  get padId(): number | undefined {
    return this.#control(this.model.trainerSpec?.padPiece ?? "<pad>");
  }

  /** The text as it is before it is cut: rules applied, blanks as "▁". */
  normalize(text: string): string {
    return this.#normalizer.normalize(text);
  }

  /** As `normalize`, with the place in `text` that each UTF-16 unit of the result, and its end, comes from. */
  normalizeWithOffsets(text: string): { text: string; offsets: Int32Array } {
    return this.#normalizer.normalizeWithOffsets(text);
  }

  /** The ids of a text. Control symbols in it are text like any other. */
  encode(text: string): number[] {
    const ids: number[] = [];
    const { units, length } = this.#normalizer.run(text, this.#normalized);
    this.#segmenter.encodeUnits(units, length, ids);
    return ids;
  }

  /** The `n` best segmentations by falling score; unigram models only. */
  encodeNBest(text: string, n: number): Segmentation[] {
    return this.#asUnigram("encodeNBest").encodeNBest(this.normalize(text), n);
  }

  /**
   * The ids of a segmentation drawn at random: subword regularization. Of unigram models with probability ∝ p^alpha, of BPE
   * models with each join left out with probability alpha (BPE-dropout); others have only one segmentation.
   */
  sample(text: string, options: SampleOptions = {}): number[] {
    const normalized = this.normalize(text);
    if (!(this.#segmenter instanceof BpeSegmenter)) return this.#asUnigram("sample").sample(normalized, options);
    const { alpha = 0.1, random = currentRandom() } = options;
    if (alpha >= 0 && alpha <= 1) return this.#segmenter.sample(normalized, alpha, () => random.uint32());
    throw new SentencePieceError(
      `SentencePiece.sample: alpha must be from 0 to 1 for a BPE model, got ${String(alpha)}`,
    );
  }

  /** The text of ids. Throws SentencePieceError for an id that is not there. */
  decode(ids: Iterable<number>): string {
    const list = Array.from(ids);
    for (const id of list) this.#checkId(id);
    const text = decodeIds(this.#vocabulary, this.#decodeRules, list);
    return this.#denormalizer ? this.#denormalizer.normalize(text) : text;
  }

  /** A piece, or undefined for an id that is not there. */
  idToPiece(id: number): string | undefined {
    return this.#vocabulary.pieces[id];
  }

  /** The id of a piece, or undefined. */
  pieceToId(piece: string): number | undefined {
    return this.#vocabulary.idOf(piece);
  }

  /** What a piece is for, or undefined for an id that is not there. */
  typeOf(id: number): PieceType | undefined {
    return this.#vocabulary.types[id];
  }

  /** The bytes that a token adds to a text after its start: none for control symbols. Undefined for an id that is not there. */
  tokenBytes(id: number): Uint8Array | undefined {
    const { pieces, types, bytes } = this.#vocabulary;
    if (pieces[id] === undefined) return undefined;
    if (types[id] === "byte") return Uint8Array.of(bytes[id]!);
    if (types[id] === "control") return new Uint8Array(0);
    const text = types[id] === "unknown" ? this.#decodeRules.unknownSurface : pieces[id].replaceAll("▁", " ");
    return new TextEncoder().encode(text);
  }

  #control(piece: string): number | undefined {
    const id = this.#vocabulary.idOf(piece);
    return id !== undefined && this.#vocabulary.types[id] === "control" ? id : undefined;
  }

  #asUnigram(method: string): Unigram {
    if (this.#segmenter instanceof Unigram) return this.#segmenter;
    throw new SentencePieceError(
      `SentencePiece.${method}: only unigram models have several segmentations, this is ${this.kind}`,
    );
  }

  #checkId(id: number): void {
    if (Number.isInteger(id) && id >= 0 && id < this.vocabSize) return;
    throw new SentencePieceError(`SentencePiece.decode: ids are from 0 to ${this.vocabSize - 1}, got ${String(id)}`);
  }
}
