// Tokens that stand beside the model's: special ones such as <|endoftext|>, which end a document or a turn.
//
// Text that merely looks like a special token must not become one, or whoever writes the text can end the turn: so it is
// ordinary text unless the caller allows it. Tokens that a tokenizer.json adds without calling them special are
// words like any other, and always found.

import { TokenizerError } from "./error.js";

/** A token beside those of the model. */
export interface AddedToken {
  content: string;
  id: number;
  /** Whether it controls the model rather than being text. */
  special: boolean;
}

/** Options of `Tokenizer.encode`. */
export interface EncodeOptions {
  /** The special tokens that may be taken from the text; default none. */
  allowedSpecial?: "all" | Iterable<string>;
  /** What a special token is that is in the text without being allowed: ordinary text (default), or an error, as in tiktoken. */
  disallowedSpecial?: "text" | "error";
}

/** The added tokens of a tokenizer, by content and by id. */
export class AddedTokens {
  readonly byContent: ReadonlyMap<string, AddedToken>;
  readonly byId: ReadonlyMap<number, AddedToken>;
  readonly #always: RegExp | undefined;
  readonly #all: RegExp | undefined;

  constructor(tokens: Iterable<AddedToken>) {
    const byContent = new Map<string, AddedToken>();
    const byId = new Map<number, AddedToken>();
    for (const token of tokens) {
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
    const contents = [...byContent.keys()];
    this.#all = expression(contents);
    this.#always = expression(contents.filter((content) => !byContent.get(content)!.special));
  }

  /** Hands the stretches between added tokens to `text`, and the tokens to `token`, in order. */
  split(input: string, options: EncodeOptions, text: (part: string) => void, token: (id: number) => void): void {
    const found = this.#expression(input, options);
    let start = 0;
    for (const match of found ? input.matchAll(found) : []) {
      if (match.index > start) text(input.slice(start, match.index));
      token(this.byContent.get(match[0])!.id);
      start = match.index + match[0].length;
    }
    if (start < input.length) text(start === 0 ? input : input.slice(start));
  }

  #expression(input: string, { allowedSpecial = [], disallowedSpecial = "text" }: EncodeOptions): RegExp | undefined {
    if (allowedSpecial === "all") return this.#all;
    const allowed = new Set(allowedSpecial);
    for (const content of allowed) {
      if (!this.byContent.get(content)?.special) {
        throw new TokenizerError(
          `Tokenizer.encode: allowedSpecial names ${JSON.stringify(content)}, no special token here`,
        );
      }
    }
    const disallowed = [...this.byContent.values()].filter(({ special, content }) => special && !allowed.has(content));
    if (disallowedSpecial === "error") {
      const match = expression(disallowed.map(({ content }) => content))?.exec(input);
      if (match) {
        throw new TokenizerError(
          `Tokenizer.encode: the text has the special token ${JSON.stringify(match[0])} at position ${match.index}; ` +
            `allow it with allowedSpecial, or take it as text with disallowedSpecial: "text"`,
        );
      }
    }
    if (allowed.size === 0) return this.#always;
    return expression(
      [...this.byContent.values()].filter((t) => !t.special || allowed.has(t.content)).map((t) => t.content),
    );
  }
}

/** An expression that finds any of the texts, the longest first; plain alternatives, so it runs in linear time. */
function expression(texts: string[]): RegExp | undefined {
  if (texts.length === 0) return undefined;
  const longestFirst = [...texts].sort((a, b) => b.length - a.length);
  return new RegExp(longestFirst.map((text) => text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|"), "g");
}
