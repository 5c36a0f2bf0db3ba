// Tokens that stand beside the model's: special ones such as <|endoftext|>, which end a document or a turn.
//
// Text that merely looks like a special token must not become one, or whoever writes the text can end the turn: so
// that is an error unless the caller allows it, as in tiktoken. Tokens that a tokenizer.json adds without calling them
// special are words like any other, and always found.

import { TokenizerError } from "./error.js";
import type { Model } from "./model/model.js";
import { TokenTrie } from "./token-trie.js";

/** A token beside those of the model. */
export interface AddedToken {
  content: string;
  id: number;
  /** Whether it controls the model rather than being text. */
  special: boolean;
  /** Takes the white space before it too. */
  lstrip?: boolean;
  /** Takes the white space after it too. */
  rstrip?: boolean;
  /** Whether it is looked for in normalized text, itself normalized, rather than in the text as it is. */
  normalized?: boolean;
  /** Whether it must not be part of a word. */
  singleWord?: boolean;
}

/** Which special tokens may be taken from a text. */
export interface SpecialTokenOptions {
  /** The special tokens that may be taken from the text; default none. */
  allowedSpecial?: "all" | Iterable<string>;
  /** What a special token is that is in the text without being allowed: an error (default, as in tiktoken), or ordinary text. */
  disallowedSpecial?: "error" | "text";
}

/** A stretch of text, or an added token with what it took from the text. */
export interface Stretch {
  start: number;
  end: number;
  token: AddedToken | undefined;
}

/** What to look for in a text, and what must not be in it. */
export interface Search {
  /** In the text as it is. */
  raw: TokenTrie;
  /** In normalized text. */
  normalized: TokenTrie;
  /** Throws if the text holds what is not allowed. */
  refuse: TokenTrie | undefined;
}

/** A token that becomes longer than this, and than any compatibility form makes it, is made so to fill the memory. */
const MAX_NORMALIZED = 1024;
/** What all added tokens may have together; no model in use has a tenth of it, and each takes room in a trie. */
const MAX_ADDED = 2 ** 22;

/** The added tokens of a tokenizer, by content and by id. */
export class AddedTokens {
  readonly byContent: ReadonlyMap<string, AddedToken>;
  readonly byId: ReadonlyMap<number, AddedToken>;
  readonly #normalize: (text: string) => string;
  readonly #searches = new Map<string, Search>();
  readonly #texts = new Map<number, string>();

  constructor(tokens: Iterable<AddedToken>, normalize: (text: string) => string) {
    const byContent = new Map<string, AddedToken>();
    const byId = new Map<number, AddedToken>();
    let size = 0;
    for (const token of tokens) {
      size += token.content.length;
      if (size > MAX_ADDED)
        throw new TokenizerError(`Tokenizer: the added tokens have more than ${MAX_ADDED} characters`);
      if (token.content === "") throw new TokenizerError(`Tokenizer: the added token ${token.id} is empty`);
      if (byContent.has(token.content)) {
        throw new TokenizerError(`Tokenizer: the token ${JSON.stringify(token.content)} is added twice`);
      }
      if (byId.has(token.id)) throw new TokenizerError(`Tokenizer: two added tokens have the id ${token.id}`);
      byContent.set(token.content, token);
      byId.set(token.id, token);
    }
    this.byContent = byContent;
    this.byId = byId;
    this.#normalize = normalize;
  }

  /**
   * What a token is in decoded text: itself, or normalized if that is how it is found, as by Hugging Face's library since
   * 0.23. So an uncased model says "lord" for the token "LORD".
   */
  textOf(token: AddedToken): string {
    if (!token.normalized) return token.content;
    let text = this.#texts.get(token.id);
    if (text === undefined) {
      text = this.#normalized(token.content);
      this.#texts.set(token.id, text);
    }
    return text;
  }

  /** Throws for an id that is the model's too, and another token there. */
  checkAgainst(model: Model): void {
    for (const { content, id } of this.byId.values()) {
      const own = model.idToToken(id);
      if (own === undefined || own === content || textOf(model.tokenBytes?.(id)) === content) continue;
      throw new TokenizerError(
        `Tokenizer: the id ${id} is both the added token ${JSON.stringify(content)} and the model's ${JSON.stringify(own)}`,
      );
    }
  }

  /** What to look for under these options. */
  search({ allowedSpecial = [], disallowedSpecial = "error" }: SpecialTokenOptions): Search {
    const allowed = allowedSpecial === "all" ? "all" : new Set(allowedSpecial);
    const key = allowed === "all" ? "all" : JSON.stringify([disallowedSpecial, ...allowed]);
    const known = this.#searches.get(key);
    if (known) return known;
    if (allowed !== "all") this.#checkNames(allowed);
    const found = [...this.byContent.values()].filter((t) => !t.special || allowed === "all" || allowed.has(t.content));
    const refused = [...this.byContent.values()].filter((t) => !found.includes(t));
    const search: Search = {
      raw: new TokenTrie(found.filter((t) => !t.normalized).map((t) => [t.content, t])),
      normalized: new TokenTrie(found.filter((t) => t.normalized).map((t) => [this.#normalized(t.content), t])),
      refuse:
        disallowedSpecial === "error" && refused.length > 0
          ? new TokenTrie(refused.map((t) => [t.content, t]))
          : undefined,
    };
    if (this.#searches.size > 8) this.#searches.clear();
    this.#searches.set(key, search);
    return search;
  }

  #normalized(content: string): string {
    const normalized = this.#normalize(content);
    if (normalized.length <= MAX_NORMALIZED + 18 * content.length) return normalized;
    throw new TokenizerError(
      `Tokenizer: the normalizer makes ${normalized.length} characters of the added token ${JSON.stringify(content.slice(0, 60))}`,
    );
  }

  #checkNames(allowed: ReadonlySet<string>): void {
    for (const content of allowed) {
      if (!this.byContent.get(content)?.special) {
        throw new TokenizerError(
          `Tokenizer.encode: allowedSpecial names ${JSON.stringify(content)}, no special token here`,
        );
      }
    }
  }
}

function textOf(bytes: Uint8Array | undefined): string | undefined {
  return bytes && new TextDecoder().decode(bytes);
}

/** Throws at a special token that is in the text without being allowed. */
export function refuseSpecial(text: string, refuse: TokenTrie | undefined): void {
  const match = refuse?.find(text, 0);
  if (!match) return;
  throw new TokenizerError(
    `Tokenizer.encode: the text has the special token ${JSON.stringify(match.token.content)} at position ${match.start}; ` +
      `allow it with allowedSpecial, or take it as text with disallowedSpecial: "text"`,
  );
}

/** The added tokens in a text and the stretches between them, in order; the longest token wins where several begin. */
export function* stretches(text: string, trie: TokenTrie): Generator<Stretch> {
  let done = 0;
  for (let from = 0; ; ) {
    const match = trie.find(text, from);
    if (!match) break;
    from = match.end;
    const { token } = match;
    if (token.singleWord && (isWordAt(text, match.start, -1) || isWordAt(text, match.end, 1))) continue;
    const start = token.lstrip ? spaceStart(text, match.start, done) : match.start;
    const end = token.rstrip ? spaceEnd(text, match.end) : match.end;
    if (start > done) yield { start: done, end: start, token: undefined };
    yield { start, end, token };
    done = end;
    from = Math.max(from, done);
  }
  if (done < text.length) yield { start: done, end: text.length, token: undefined };
}

const WORD_AFTER = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
const WORD_BEFORE = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;

/** Whether a word character touches the position from this side. */
function isWordAt(text: string, at: number, side: 1 | -1): boolean {
  return side === 1 ? WORD_AFTER.test(text.slice(at, at + 2)) : WORD_BEFORE.test(text.slice(Math.max(0, at - 2), at));
}

const SPACE = /^\p{White_Space}$/u;

function spaceStart(text: string, at: number, limit: number): number {
  let start = at;
  while (start > limit && SPACE.test(text[start - 1]!)) start--;
  return start;
}

function spaceEnd(text: string, at: number): number {
  let end = at;
  while (end < text.length && SPACE.test(text[end]!)) end++;
  return end;
}
