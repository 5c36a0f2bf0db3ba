// Text ↔ token ids, as a pipeline of stages:
//
//   added tokens apart → normalizer → pre-tokenizer (pieces) → model (ids) → post-processor;   ids → decoder → text
//
// Source: the stages of Hugging Face's tokenizers, with which tokenizer.json files are shared.

import { type AddedToken, AddedTokens, type SpecialTokenOptions } from "./added-tokens.js";
import { assemble } from "./assemble.js";
import { DecodeStream } from "./decoder/decode-stream.js";
import { decoder as makeDecoder } from "./decoder/read.js";
import { type Chunk, type Decoder, decodeAll } from "./decoder/step.js";
import type { Encoding, Sequence } from "./encoding.js";
import { TokenizerError } from "./error.js";
import { joinBytes } from "./join-bytes.js";
import type { Model } from "./model/model.js";
import type { DecodeOptions, EncodeOptions, TokenizeOptions, TokenizerConfig } from "./options.js";
import { type Padding, pad } from "./padding.js";
import { idsOf, type Pipeline, sequenceOf } from "./pipeline.js";
import { noPostProcessor, type PostProcessor } from "./post-processor.js";
import { readTokenizerJson } from "./read-json.js";
import { normalizer as makeNormalizer, type NormalizerStage } from "./stage/normalizer.js";
import {
  preTokenizer as makePreTokenizer,
  type PreTokenizer,
  type PreTokenizerOptions,
} from "./stage/pre-tokenizer.js";
import { trimOffsets } from "./trim-offsets.js";
import type { Truncation } from "./truncation.js";
import { wrapErrors } from "./wrap-errors.js";
import { tokenizerToJson } from "./write-json.js";

/** A tokenizer: text → ids → text. */
export class Tokenizer {
  readonly model: Model;
  readonly normalizer: NormalizerStage;
  readonly preTokenizer: PreTokenizer;
  readonly postProcessor: PostProcessor;
  readonly decoder: Decoder;
  readonly truncation: Truncation | undefined;
  readonly padding: Padding | undefined;
  readonly #added: AddedTokens;
  readonly #pipeline: Pipeline;

  constructor(config: TokenizerConfig) {
    this.model = config.model;
    this.normalizer = config.normalizer ?? makeNormalizer(null);
    this.preTokenizer = config.preTokenizer ?? makePreTokenizer(null);
    this.postProcessor = config.postProcessor ?? noPostProcessor;
    this.decoder = config.decoder ?? makeDecoder(config.model.tokenBytes ? { type: "ByteLevel" } : null);
    this.truncation = config.truncation;
    this.padding = config.padding;
    this.#added = new AddedTokens(config.addedTokens ?? [], this.normalizer.normalize);
    this.#added.checkAgainst(this.model);
    this.#pipeline = { ...this, added: this.#added };
  }

  /** From a Hugging Face tokenizer.json, as text or parsed. Throws TokenizerError. */
  static fromJSON(json: unknown, options: PreTokenizerOptions = {}): Tokenizer {
    return new Tokenizer(readTokenizerJson(json, options));
  }

  /** The tokenizer as a Hugging Face tokenizer.json, for JSON.stringify. */
  toJSON(): object {
    return tokenizerToJson(this);
  }

  /** Highest id + 1, special tokens included: the number of rows that an embedding needs. */
  get vocabSize(): number {
    let size = this.model.vocabSize;
    for (const id of this.#added.byId.keys()) size = Math.max(size, id + 1);
    return size;
  }

  /** Special token → id. */
  get specialTokens(): ReadonlyMap<string, number> {
    return new Map(this.addedTokens.filter(({ special }) => special).map(({ content, id }) => [content, id]));
  }

  /** The added tokens by id, special ones and others. */
  get addedTokens(): AddedToken[] {
    return [...this.#added.byId.values()].sort((a, b) => a.id - b.id);
  }

  /**
   * The ids of a text, and nothing around them. Throws TokenizerError for what the vocabulary cannot say, and for a special
   * token in the text, unless the options allow it or take it as text.
   */
  encode(text: string, options: EncodeOptions = {}): number[] {
    return wrapErrors("Tokenizer.encode", () => idsOf(text, this.#pipeline, options));
  }

  /** The ids of each text. */
  encodeBatch(texts: Iterable<string>, options: EncodeOptions = {}): number[][] {
    return Array.from(texts, (text) => this.encode(text, options));
  }

  /** A text, or two, as a model takes it: with special tokens around, cut and filled to length, and with offsets. */
  tokenize(text: string, options: TokenizeOptions = {}): Encoding {
    return this.#pad([this.#assemble(text, options)], options)[0]!;
  }

  /** Each text, or pair of texts, filled up to one length if there is padding. */
  tokenizeBatch(
    texts: Iterable<string | readonly [string, string]>,
    options: Omit<TokenizeOptions, "pair"> = {},
  ): Encoding[] {
    const encodings = Array.from(texts, (each) =>
      typeof each === "string" ? this.#assemble(each, options) : this.#assemble(each[0], { ...options, pair: each[1] }),
    );
    return this.#pad(encodings, options);
  }

  /** The text of ids; bytes that are no UTF-8 become U+FFFD. Throws TokenizerError for an id that no token has. */
  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    if (this.decoder.bytesOnly && this.model.tokenBytes) {
      return joinBytes(
        ids,
        (id) =>
          (this.#added.byId.has(id) ? this.#chunk(id, options) : this.model.tokenBytes!(id)) ??
          this.#chunk(id, options),
      );
    }
    const chunks = Array.from(ids, (id) => this.#chunk(id, options)).filter((chunk) => chunk !== undefined);
    return decodeAll(this.decoder, chunks);
  }

  /** Decodes ids one by one; what it gives joined is what `decode` gives, and no part of it ends within a character. */
  decodeStream(options: DecodeOptions = {}): DecodeStream {
    return new DecodeStream(this.decoder, (id) => this.#chunk(id, options));
  }

  /** The id of a token as tokenizer.json writes it ("Ġthe" for " the"), or undefined. */
  tokenToId(token: string): number | undefined {
    return this.#added.byContent.get(token)?.id ?? this.model.tokenToId(token);
  }

  /** A token as tokenizer.json writes it, or undefined. */
  idToToken(id: number): string | undefined {
    return this.#added.byId.get(id)?.content ?? this.model.idToToken(id);
  }

  /** The bytes that a token adds to a text that goes before it; undefined for an id that no token has. */
  tokenBytes(id: number): Uint8Array | undefined {
    const added = this.#added.byId.get(id);
    if (added) return new TextEncoder().encode(this.#added.textOf(added));
    const surface = this.model.tokenBytes?.(id) ?? this.model.surface(id, false);
    if (surface instanceof Uint8Array) return surface;
    if (typeof surface === "number") return Uint8Array.of(surface);
    const token = this.model.idToToken(id);
    if (token === undefined) return undefined;
    const chunks = ["x", token].map((text) => ({ text, added: false }));
    return new TextEncoder().encode(decodeAll(this.decoder, chunks).slice(1));
  }

  #assemble(text: string, options: TokenizeOptions): Encoding {
    const { pair, addSpecialTokens = true, truncation = this.truncation } = options;
    const sequences = (pair === undefined ? [text] : [text, pair]).map((each) => this.#sequence(each, options));
    const { postProcessor } = this;
    return assemble(sequences, { postProcessor, addSpecialTokens, truncation: truncation ?? undefined });
  }

  #sequence(text: string, options: SpecialTokenOptions): Sequence {
    const sequence = wrapErrors("Tokenizer.tokenize", () => sequenceOf(text, this.#pipeline, options));
    return trimOffsets(text, sequence, this.postProcessor.trimOffsets);
  }

  #pad(encodings: Encoding[], { padding = this.padding }: TokenizeOptions): Encoding[] {
    return padding ? pad(encodings, padding) : encodings;
  }

  #chunk(id: number, { specialTokens = "keep" }: DecodeOptions): Chunk | undefined {
    const added = this.#added.byId.get(id);
    if (added)
      return added.special && specialTokens === "skip" ? undefined : { text: this.#added.textOf(added), added: true };
    const text = this.model.idToToken(id);
    if (text !== undefined) return { text, added: false };
    throw new TokenizerError(`Tokenizer.decode: no token has the id ${String(id)} (ids are below ${this.vocabSize})`);
  }
}
