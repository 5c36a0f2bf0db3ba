// Text ↔ token ids, as a pipeline of four stages:
//
//   special tokens apart → normalizer → pre-tokenizer (pieces) → model (ids);   ids → bytes → text
//
// Source: the stages of Hugging Face's tokenizers, with which tokenizer.json files are shared. `encode` never adds
// tokens on its own: what a post-processor of such a file would add (a first <s>), the caller puts there.

import { BPE, parseTiktoken } from "@llm/bpe";
import type { NextBoundary, PretokenizerName } from "@llm/pretokenize";
import { type AddedToken, AddedTokens, type EncodeOptions } from "./added-tokens.js";
import { ByteLevelModel } from "./byte-level-model.js";
import { DecodeStream } from "./decode-stream.js";
import { TokenizerError } from "./error.js";
import type { Model } from "./model.js";
import { type NormalizerName, normalizerOf, normalizersToJSON } from "./normalizers.js";
import { expressions, scannerOf } from "./patterns.js";
import { type ReadOptions, readTokenizerJson, wrapErrors } from "./read-json.js";

/** The stages of a tokenizer. */
export interface TokenizerConfig {
  model: Model;
  /** How text is cut into pieces; default "gpt2". */
  pattern?: PretokenizerName;
  /** A scanner of one's own, in place of `pattern`; `toJSON` cannot store it. */
  scanner?: NextBoundary;
  /** Applied in order before the text is cut; default none. */
  normalizers?: readonly NormalizerName[];
  addedTokens?: Iterable<AddedToken>;
}

/** Options of `Tokenizer.decode`. */
export interface DecodeOptions {
  /** Whether special tokens appear in the text; default "keep". */
  specialTokens?: "keep" | "skip";
}

/** Options of `Tokenizer.fromTiktoken`. */
export interface FromTiktokenOptions {
  pattern: PretokenizerName;
  /** Special token → id. */
  specialTokens?: Readonly<Record<string, number>>;
}

const NOTHING: Uint8Array = new Uint8Array(0);

/** A tokenizer: text → ids → text. */
export class Tokenizer {
  readonly model: Model;
  readonly #pattern: PretokenizerName | undefined;
  readonly #scanner: NextBoundary;
  readonly #normalizers: readonly NormalizerName[];
  readonly #normalize: (text: string) => string;
  readonly #added: AddedTokens;

  constructor({
    model,
    scanner,
    pattern = scanner ? undefined : "gpt2",
    normalizers = [],
    addedTokens = [],
  }: TokenizerConfig) {
    this.model = model;
    this.#pattern = pattern;
    this.#scanner = scanner ?? scannerOf(pattern!);
    this.#normalizers = normalizers;
    this.#normalize = normalizerOf(normalizers);
    this.#added = new AddedTokens(addedTokens);
    for (const { content, id } of this.#added.byId.values()) {
      const own = model.idToToken(id);
      if (own === undefined || own === content || new TextDecoder().decode(model.tokenBytes(id)) === content) continue;
      throw new TokenizerError(
        `Tokenizer: the id ${id} is both the added token ${JSON.stringify(content)} and the model's ${JSON.stringify(own)}`,
      );
    }
  }

  /** From the text of a `.tiktoken` file. Throws TokenizerError. */
  static fromTiktoken(text: string, { pattern, specialTokens = {} }: FromTiktokenOptions): Tokenizer {
    const bpe = wrapErrors("tiktoken", () => BPE.fromRanks(parseTiktoken(text)));
    const addedTokens = Object.entries(specialTokens).map(([content, id]) => ({ content, id, special: true }));
    return new Tokenizer({ model: new ByteLevelModel(bpe), pattern, addedTokens });
  }

  /** From a Hugging Face tokenizer.json, as text or parsed: byte-level BPE, or characters as written by `toJSON`. Throws TokenizerError. */
  static fromJSON(json: unknown, options: ReadOptions = {}): Tokenizer {
    return new Tokenizer(readTokenizerJson(json, options));
  }

  /** The tokenizer as a Hugging Face tokenizer.json, for JSON.stringify. */
  toJSON(): object {
    if (this.#pattern === undefined) {
      throw new TokenizerError("Tokenizer.toJSON: a scanner of one's own has no name in tokenizer.json; use a pattern");
    }
    const pattern = { expression: expressions[this.#pattern], builtIn: this.#pattern === "gpt2" };
    const { model, pre_tokenizer, decoder } = this.model.toJSON(pattern);
    const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
    return {
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [...this.#added.byId.values()]
        .sort((a, b) => a.id - b.id)
        .map(({ id, content, special }) => ({ id, content, ...flags, special })),
      normalizer: normalizersToJSON(this.#normalizers),
      pre_tokenizer,
      post_processor: null,
      decoder,
      model,
    };
  }

  /** Highest id + 1, special tokens included: the number of rows that an embedding needs. */
  get vocabSize(): number {
    let size = this.model.vocabSize;
    for (const id of this.#added.byId.keys()) size = Math.max(size, id + 1);
    return size;
  }

  /** Special token → id. */
  get specialTokens(): ReadonlyMap<string, number> {
    const special = [...this.#added.byContent.values()].filter((token) => token.special);
    return new Map(special.map(({ content, id }) => [content, id]));
  }

  /** The ids of a text. Throws TokenizerError for what the vocabulary cannot say, and for special tokens if asked to. */
  encode(text: string, options: EncodeOptions = {}): number[] {
    let ids: number[] | undefined;
    const append = (part: string): void => {
      const more = wrapErrors("Tokenizer.encode", () => this.model.encode(this.#normalize(part), this.#scanner));
      if (ids) for (const id of more) ids.push(id);
      else ids = more;
    };
    this.#added.split(text, options, append, (id) => {
      ids ??= [];
      ids.push(id);
    });
    return ids ?? [];
  }

  /** The ids of each text. */
  encodeBatch(texts: Iterable<string>, options: EncodeOptions = {}): number[][] {
    return Array.from(texts, (text) => this.encode(text, options));
  }

  /** The text of ids; bytes that are no UTF-8 become U+FFFD. Throws TokenizerError for an id that no token has. */
  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const parts: Uint8Array[] = [];
    let length = 0;
    for (const id of ids) length += parts[parts.push(this.#bytesOf(id, options)) - 1]!.length;
    const bytes = new Uint8Array(length);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  }

  /** Decodes ids one by one; what it gives joined is what `decode` gives, and no part of it ends within a character. */
  decodeStream(options: DecodeOptions = {}): DecodeStream {
    return new DecodeStream((id) => this.#bytesOf(id, options));
  }

  /** The id of a token as tokenizer.json writes it ("Ġthe" for " the"), or undefined. */
  tokenToId(token: string): number | undefined {
    return this.#added.byContent.get(token)?.id ?? this.model.tokenToId(token);
  }

  /** A token as tokenizer.json writes it, or undefined. */
  idToToken(id: number): string | undefined {
    return this.#added.byId.get(id)?.content ?? this.model.idToToken(id);
  }

  #bytesOf(id: number, { specialTokens = "keep" }: DecodeOptions): Uint8Array {
    const added = this.#added.byId.get(id);
    if (added) return added.special && specialTokens === "skip" ? NOTHING : new TextEncoder().encode(added.content);
    const bytes = this.model.tokenBytes(id);
    if (bytes) return bytes;
    throw new TokenizerError(`Tokenizer.decode: no token has the id ${String(id)} (ids are below ${this.vocabSize})`);
  }
}
