// What happens to text before it is encoded: rules of replacement, blanks at the ends and runs of them removed, a blank put in
// front so that a word is the same at the beginning as elsewhere, and blanks written as "▁".
//
// Source: sentencepiece's Normalizer, whose result this is for any text. A lone surrogate, which is no character, counts
// as U+FFFD.

import { wellFormed } from "@llm/normalize";
import { decodeCharsmap } from "./charsmap.js";
import { SentencePieceError } from "./error.js";
import { Normalized } from "./normalized.js";
import { Rules } from "./rules.js";
import type { NormalizerSpec } from "./schema.js";

const SPACE = 0x20;
const BLANK = 0x2581;

/** A normalizer's settings, defaults filled in. */
export interface NormalizerOptions {
  /** What is replaced by what, the longest match first. */
  rules?: ReadonlyMap<string, string>;
  addDummyPrefix?: boolean;
  removeExtraWhitespaces?: boolean;
  escapeWhitespaces?: boolean;
  /** Whether the blank that is added goes to the end. Default false. */
  treatWhitespaceAsSuffix?: boolean;
  /** Symbols that no rule touches. */
  userDefinedSymbols?: readonly string[];
}

/** Normalizes as one model does. */
export class Normalizer {
  readonly #rules: Rules;
  readonly #symbols: Rules;
  readonly #special: Uint8Array;
  readonly #addDummyPrefix: boolean;
  readonly #removeExtraWhitespaces: boolean;
  readonly #suffix: boolean;
  /** What blanks are written as. */
  readonly #blank: number;

  constructor({
    rules = new Map(),
    addDummyPrefix = true,
    removeExtraWhitespaces = true,
    escapeWhitespaces = true,
    treatWhitespaceAsSuffix = false,
    userDefinedSymbols = [],
  }: NormalizerOptions = {}) {
    this.#rules = new Rules(rules);
    this.#symbols = new Rules(new Map(userDefinedSymbols.map((symbol) => [symbol, symbol])));
    this.#special = this.#rules.kinds.map((kind, unit) => kind | this.#symbols.kinds[unit]!);
    this.#addDummyPrefix = addDummyPrefix;
    this.#removeExtraWhitespaces = removeExtraWhitespaces;
    this.#suffix = treatWhitespaceAsSuffix;
    this.#blank = escapeWhitespaces ? BLANK : SPACE;
  }

  /** From a model's specification. Throws SentencePieceError for a broken map of rules. */
  static fromSpec(
    spec: NormalizerSpec,
    options: Pick<NormalizerOptions, "treatWhitespaceAsSuffix" | "userDefinedSymbols"> = {},
  ): Normalizer {
    const { precompiledCharsmap: map, addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces } = spec;
    const rules = map && map.length > 0 ? decodeCharsmap(map) : undefined;
    return new Normalizer({ rules, addDummyPrefix, removeExtraWhitespaces, escapeWhitespaces, ...options });
  }

  /** The normalized text. */
  normalize(text: string): string {
    return this.run(text, new Normalized(false)).toString();
  }

  /** The normalized text, and for each UTF-16 unit of it, and for its end, the place in `text` that it comes from. */
  normalizeWithOffsets(text: string): { text: string; offsets: Int32Array } {
    const out = this.run(text, new Normalized(true));
    return { text: out.toString(), offsets: out.offsets.slice(0, out.length + 1) };
  }

  /** Normalizes into `out`, which is emptied first and given back. */
  run(text: string, out: Normalized): Normalized {
    out.length = 0;
    const input = wellFormed(text);
    let at = this.#removeExtraWhitespaces ? this.#skipBlanks(input) : 0;
    if (at < input.length) {
      out.reserve(input.length - at + 2);
      if (this.#addDummyPrefix && !this.#suffix) out.push(this.#blank, at);
      at = this.#copy(input, at, out);
      if (this.#removeExtraWhitespaces) at = this.#trimEnd(out, at);
      out.reserve(1);
      if (this.#addDummyPrefix && this.#suffix) out.push(this.#blank, at);
    }
    out.offsets[out.length] = at;
    return out;
  }

  #skipBlanks(text: string): number {
    let at = 0;
    while (at < text.length) {
      const length = this.#match(text, at);
      if (length === 0 ? text.charCodeAt(at) !== SPACE : this.#replacement !== " ") break;
      at += length || 1;
    }
    return at;
  }

  #copy(text: string, start: number, out: Normalized): number {
    const special = this.#special;
    let skipping = this.#removeExtraWhitespaces;
    // NFKC makes 18 characters of one, and nothing more of any.
    this.#limit = 2 ** 20 + 32 * text.length;
    let at = start;
    while (at < text.length) {
      const unit = text.charCodeAt(at);
      const length = special[unit] === 0 ? 0 : this.#match(text, at);
      if (length > 0) {
        skipping = this.#push(this.#replacement, at, skipping, out, text.length - at - length);
        at += length;
        continue;
      }
      if (unit !== SPACE) {
        out.push(unit, at);
        skipping = false;
      } else if (!skipping) {
        out.push(this.#blank, at);
        skipping = this.#removeExtraWhitespaces;
      }
      at++;
    }
    return at;
  }

  /** Appends a replacement; returns whether blanks are to be skipped after it. */
  #push(replacement: string, from: number, skipping: boolean, out: Normalized, rest: number): boolean {
    let i = 0;
    if (skipping) while (replacement.charCodeAt(i) === SPACE) i++;
    if (i === replacement.length) return skipping;
    if (out.length + replacement.length > this.#limit)
      throw new SentencePieceError(
        `precompiled_charsmap: its rules make more than ${this.#limit} characters of the text`,
      );
    out.reserve(replacement.length + rest + 2);
    for (; i < replacement.length; i++) {
      const unit = replacement.charCodeAt(i);
      out.push(unit === SPACE ? this.#blank : unit, from);
    }
    return this.#removeExtraWhitespaces && replacement.charCodeAt(i - 1) === SPACE;
  }

  #trimEnd(out: Normalized, end: number): number {
    let at = end;
    while (out.length > 0 && out.units[out.length - 1] === this.#blank) {
      out.length--;
      at = out.offsets[out.length] ?? end;
    }
    return at;
  }

  #replacement = "";
  /** How long the text at hand may become. */
  #limit = 0;

  /** The length of what is replaced at `at` by `#replacement`, or 0. */
  #match(text: string, at: number): number {
    for (const rules of [this.#symbols, this.#rules]) {
      const length = rules.match(text, at);
      if (length === 0) continue;
      this.#replacement = rules.replacement;
      return length;
    }
    return 0;
  }
}
