// One token per character (code point), as in nanoGPT's character-level Shakespeare: the simplest vocabulary there is.
//
// tokenizer.json has no kind for it; it is BPE that has characters for tokens and no merges, after a pre-tokenizer that
// takes every character for itself. A lone surrogate, which is no character, counts as U+FFFD.

import { wellFormed } from "@llm/normalize";
import { TokenizerError } from "../error.js";
import { EVERY_CHARACTER } from "../stage/pre-tokenizer.js";
import type { Model } from "./model.js";

/** The pre-tokenizer that goes with a vocabulary of characters in tokenizer.json. */
export const everyCharacter: object = {
  type: "Split",
  pattern: { Regex: EVERY_CHARACTER },
  behavior: "Isolated",
  invert: false,
};

/** What a `CharModel` is made of. */
export interface CharModelConfig {
  /** Character → id. */
  vocab: ReadonlyMap<string, number>;
  /** What a character outside of the vocabulary becomes: the token and its id; without it such a character is an error. */
  unknown?: { token: string; id: number };
}

/** A vocabulary of characters. */
export class CharModel implements Model {
  readonly vocabSize: number;
  readonly unknown: { token: string; id: number } | undefined;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #characters = new Map<number, string>();

  constructor({ vocab, unknown }: CharModelConfig) {
    this.#ids = vocab;
    this.unknown = unknown;
    let limit = 0;
    for (const [character, id] of vocab) {
      if ([...character].length !== 1) {
        throw new TokenizerError(`CharModel: ${JSON.stringify(character)} is not one character`);
      }
      if (!Number.isSafeInteger(id) || id < 0) throw new TokenizerError(`CharModel: ${String(id)} is not an id`);
      const twin = this.#characters.get(id);
      if (twin !== undefined) {
        throw new TokenizerError(
          `CharModel: ${JSON.stringify(twin)} and ${JSON.stringify(character)} have the id ${id}`,
        );
      }
      this.#characters.set(id, character);
      limit = Math.max(limit, id + 1);
    }
    this.vocabSize = limit;
  }

  encode(text: string, ids: number[]): void {
    let position = 0;
    for (const found of text) {
      const character = wellFormed(found);
      const id = this.#ids.get(character) ?? this.unknown?.id;
      if (id === undefined) {
        throw new TokenizerError(
          `Tokenizer.encode: the character ${JSON.stringify(character)} at position ${position} is not in the vocabulary ` +
            `of ${this.#ids.size} characters; train with it, or with unknownToken: "<unk>"`,
        );
      }
      ids.push(id);
      position += found.length;
    }
  }

  encodeText(text: string, _: unknown, ids: number[]): void {
    this.encode(text, ids);
  }

  surface(id: number): string | undefined {
    return this.#characters.get(id);
  }

  idToToken(id: number): string | undefined {
    return this.#characters.get(id);
  }

  tokenToId(token: string): number | undefined {
    return this.#ids.get(token);
  }

  toJSON(): object {
    const vocab: Record<string, number> = Object.create(null);
    for (const [character, id] of this.#ids) vocab[character] = id;
    if (this.unknown) vocab[this.unknown.token] = this.unknown.id;
    return {
      type: "BPE",
      dropout: null,
      unk_token: this.unknown?.token ?? null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: [],
    };
  }
}
