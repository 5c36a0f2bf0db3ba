// What a vocabulary of text tokens says apart from its merges: ids, spellings, and what stands for characters that are
// no token.

import { decodeUtf8 } from "./decode.js";
import { BpeError } from "./error.js";
import type { Fallback } from "./symbols.js";
import { utf8 } from "./utf8.js";
import { Vocabulary } from "./vocabulary.js";

/** A token as text, and its id. */
export type TextToken = readonly [token: string, id: number];

/** Options of both ways to make a `CharacterBPE`. */
export interface CharacterBpeOptions {
  /** Tokens that no text becomes and that nothing is joined with, `["<s>", 1]` say, or those of the bytes. */
  reserved?: Iterable<TextToken>;
  /** Whether a character without a token becomes the tokens `<0x00>` to `<0xFF>` of its bytes, if all are there; default false. */
  byteFallback?: boolean;
  /** What else it becomes: the token with this id, or "drop" for nothing. Without it, that is an error. */
  unknown?: number | "drop";
  /** Whether neighboring unknown characters become one token; default false. */
  fuseUnknown?: boolean;
}

/** The tokens, and what to do without one. */
export class CharacterVocabulary {
  /** Those that text can become. */
  readonly text: Vocabulary = new Vocabulary();
  readonly #reserved = new Map<number, string>();
  readonly #reservedIds = new Map<string, number>();
  readonly fallback: Fallback;
  readonly #byteOfId = new Map<number, number>();
  /** Highest id + 1. */
  readonly size: number;

  constructor(tokens: Iterable<TextToken>, { reserved = [], byteFallback, unknown }: CharacterBpeOptions) {
    for (const [token, id] of tokens) this.text.add(utf8(token), id);
    let size = this.text.idLimit;
    const claims = new Vocabulary(); // checks ids and spellings
    for (const [token, id] of reserved) {
      claims.add(utf8(token), id);
      if (this.text.bytesOf(id)) throw new BpeError(`CharacterBPE: two tokens have the id ${id}`);
      if (this.text.idOf(utf8(token)) !== -1) throw new BpeError(`CharacterBPE: "${token}" is a token and reserved`);
      this.#reserved.set(id, token);
      this.#reservedIds.set(token, id);
      size = Math.max(size, id + 1);
    }
    this.size = size;
    this.fallback = { bytes: byteFallback ? this.#byteIds() : undefined, unknown };
    if (typeof unknown === "number" && this.spelling(unknown) === undefined) {
      throw new BpeError(`CharacterBPE: no token has the id ${unknown}, which unknown characters are to become`);
    }
  }

  /** The id of a token, or -1. */
  idOf(token: string): number {
    return this.#reservedIds.get(token) ?? this.text.idOf(utf8(token));
  }

  /** A token as text, or undefined for an id that no token has. */
  spelling(id: number): string | undefined {
    const bytes = this.text.bytesOf(id);
    return bytes ? decodeUtf8(bytes) : this.#reserved.get(id);
  }

  /** What a token stands for: a byte, or its spelling. Undefined for an id that no token has. */
  content(id: number): Uint8Array | undefined {
    const byte = this.#byteOfId.get(id);
    if (byte !== undefined) return Uint8Array.of(byte);
    const reserved = this.#reserved.get(id);
    return reserved === undefined ? this.text.bytesOf(id) : utf8(reserved);
  }

  #byteIds(): Int32Array {
    const ids = Int32Array.from({ length: 256 }, (_, byte) => this.idOf(byteToken(byte)));
    for (let byte = 0; byte < 256; byte++) if (ids[byte] !== -1) this.#byteOfId.set(ids[byte]!, byte);
    return ids;
  }
}

/** How the token of a byte is spelled: `<0x0A>`. */
export function byteToken(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}
