// A piece as the symbols that joining begins with, when these are characters.
//
//   a character that is a token                 → that token
//   else, if its bytes are tokens <0x00>…<0xFF>  → those tokens               (byte fallback)
//   else                                        → the unknown token
//
// With affixes a character is looked up as it stands in the word: "a" first, "##a" after another, "a</w>" last.

import { BpeError } from "./error.js";
import { utf8 } from "./utf8.js";

/** What a character becomes that is no token. */
export interface Fallback {
  /** Ids of the tokens of the bytes, -1 for one that is missing. */
  bytes: Int32Array | undefined;
  /** The unknown token's id; "drop" leaves the character out; undefined is an error. */
  unknown: number | "drop" | undefined;
}

/** What stands around a character in the vocabulary. */
export interface Affixes {
  /** Before all but the first of a word. */
  prefix: string;
  /** After the last of a word. */
  suffix: string;
}

/** Looks up characters, and writes pieces as symbols. */
export class Symbols {
  readonly #idOf: (spelling: string) => number;
  readonly #fallback: Fallback;
  readonly #affixes: Affixes | undefined;
  // Without affixes: the id + 1 of each character met so far, 0 if it was not looked up, -1 if it is no token.
  readonly #basic = new Int32Array(0x10000);
  readonly #astral = new Map<number, number>();

  constructor(idOf: (spelling: string) => number, fallback: Fallback, affixes?: Affixes) {
    this.#idOf = idOf;
    this.#fallback = fallback;
    this.#affixes = affixes;
  }

  /** Writes `text[start, end)` to `ids`; returns the number of symbols. A lone surrogate counts as U+FFFD. */
  write(text: string, start: number, end: number, ids: Int32Array): number {
    let n = 0;
    for (let i = start; i < end; ) {
      let code = text.codePointAt(i)!;
      let next = i + (code > 0xffff ? 2 : 1);
      if (next > end) next = end; // a cut between two surrogates parts them
      if (next - i === 1 && code >= 0xd800 && (code < 0xe000 || code > 0xffff)) code = 0xfffd;
      const id = this.#affixes ? this.#affixed(code, i === start, next >= end) : this.#plain(code);
      if (id === -1) n = this.writeFallback(code, ids, n);
      else ids[n++] = id;
      i = next;
    }
    return n;
  }

  /** Writes to `ids` at `n` what stands for a character that is no token; returns the number of symbols then. */
  writeFallback(code: number, ids: Int32Array, n: number): number {
    const { bytes, unknown } = this.#fallback;
    const character = String.fromCodePoint(code);
    if (bytes) {
      const raw = utf8(character);
      if (raw.every((byte) => bytes[byte] !== -1)) {
        for (const byte of raw) ids[n++] = bytes[byte]!;
        return n;
      }
    }
    if (unknown === "drop") return n;
    if (unknown === undefined) {
      const name = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
      throw new BpeError(
        `CharacterBPE.encode: no token for "${character}" (${name}); give an \`unknown\` id, or "drop", or \`byteFallback\``,
      );
    }
    ids[n] = unknown;
    return n + 1;
  }

  #plain(code: number): number {
    const known = code < 0x10000 ? this.#basic[code]! : (this.#astral.get(code) ?? 0);
    if (known !== 0) return known < 0 ? -1 : known - 1;
    const id = this.#idOf(String.fromCodePoint(code));
    if (code < 0x10000) this.#basic[code] = id === -1 ? -1 : id + 1;
    else if (id !== -1) this.#astral.set(code, id + 1);
    return id;
  }

  #affixed(code: number, first: boolean, last: boolean): number {
    const { prefix, suffix } = this.#affixes!;
    return this.#idOf((first ? "" : prefix) + String.fromCodePoint(code) + (last ? suffix : ""));
  }
}
