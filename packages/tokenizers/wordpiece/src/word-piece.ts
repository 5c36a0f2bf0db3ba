// WordPiece: a word becomes the longest token that it begins with, then the longest that goes on from there, and so on.
//
//   word = t1 t2 … tn,  t1 the longest token that starts the word, t(i+1) the longest "##…" that starts the rest
//
// A word that cannot be split so to its end is one unknown token, and so is a word of more than 100 characters.
// Words are the pipeline's business: BERT's clean the text, and part punctuation and Chinese characters from it.
//
// Sources: Devlin et al., "BERT" (arXiv:1810.04805), and its `WordpieceTokenizer`; the search is in matcher.ts.

import { WordPieceError } from "./error.js";
import { Matcher } from "./matcher.js";

/** Options of `WordPiece`. */
export interface WordPieceConfig {
  /** Tokens and their ids. */
  vocabulary: Iterable<readonly [token: string, id: number]>;
  /** The token for what cannot be split; default "[UNK]". It has to be in the vocabulary. */
  unknown?: string;
  /** What tokens begin with that go on within a word; default "##". */
  prefix?: string;
  /** Longer words, in characters, are unknown; default 100. */
  maxWordLength?: number;
}

/** Ids are below this: no vocabulary in use has a tenth of it, and a claim of billions must not allocate. */
const MAX_ID = 1 << 21;

/** A WordPiece vocabulary: encodes words to ids and decodes ids to text. */
export class WordPiece {
  readonly #matcher: Matcher;
  readonly #tokens: (string | undefined)[] = [];
  readonly #ids = new Map<string, number>();
  readonly #unknownId: number;
  readonly unknown: string;
  readonly prefix: string;
  readonly maxWordLength: number;

  /** Throws WordPieceError for an id or a token that comes twice, or a vocabulary without the unknown token. */
  constructor({ vocabulary, unknown = "[UNK]", prefix = "##", maxWordLength = 100 }: WordPieceConfig) {
    this.unknown = unknown;
    this.prefix = prefix;
    this.maxWordLength = maxWordLength;
    if (!Number.isInteger(maxWordLength) || maxWordLength < 1 || maxWordLength > 10_000) {
      throw new WordPieceError(`WordPiece: maxWordLength must be from 1 to 10000, got ${String(maxWordLength)}`);
    }
    for (const [token, id] of vocabulary) this.#add(token, id);
    const unknownId = this.#ids.get(unknown);
    if (unknownId === undefined) {
      throw new WordPieceError(
        `WordPiece: the vocabulary lacks the unknown token "${unknown}"; name it in \`unknown\``,
      );
    }
    this.#unknownId = unknownId;
    // Tokens that are longer than a word may be match nothing.
    const tokens = [...this.#ids].filter(([token]) => token.length <= (maxWordLength + prefix.length) * 2);
    const inner = tokens.filter(([token]) => token.startsWith(prefix) && token.length > prefix.length);
    this.#matcher = new Matcher(
      tokens,
      inner.map(([token, id]) => [token.slice(prefix.length), id] as const),
    );
  }

  /** Highest id + 1. */
  get vocabSize(): number {
    return this.#tokens.length;
  }

  /** The ids of `text`, cut into words at white space. */
  encode(text: string): number[] {
    const out: number[] = [];
    for (const { index, 0: word } of text.matchAll(/\S+/g)) this.append(text, index, index + word.length, out);
    return out;
  }

  /** The ids of text that is cut into words already. */
  encodeWords(words: Iterable<string>): number[] {
    const out: number[] = [];
    for (const word of words) this.append(word, 0, word.length, out);
    return out;
  }

  /** Appends the ids of the word `text[start, end)` to `out`. */
  append(text: string, start: number, end: number, out: number[]): void {
    if (this.#tooLong(text, start, end) || !this.#matcher.match(text, start, end, out)) out.push(this.#unknownId);
  }

  /** The words of the tokens, a blank before each but the first. Throws WordPieceError for an id that no token has. */
  decode(ids: Iterable<number>): string {
    let text = "";
    let first = true;
    for (const id of ids) {
      const token = this.#tokens[id];
      if (token === undefined) throw new WordPieceError(`WordPiece.decode: no token has the id ${String(id)}`);
      const inner = this.prefix !== "" && token.startsWith(this.prefix);
      text += first ? token : inner ? token.slice(this.prefix.length) : ` ${token}`;
      first = false;
    }
    return text;
  }

  /** All tokens and their ids, by rising id. */
  *tokens(): Generator<[string, number]> {
    for (const [id, token] of this.#tokens.entries()) if (token !== undefined) yield [token, id];
  }

  /** A token as it is spelled, or undefined. */
  tokenText(id: number): string | undefined {
    return this.#tokens[id];
  }

  /** The id of a token by its spelling, or undefined. */
  tokenId(token: string): number | undefined {
    return this.#ids.get(token);
  }

  #add(token: string, id: number): void {
    if (!Number.isInteger(id) || id < 0 || id >= MAX_ID) {
      throw new WordPieceError(`WordPiece: an id must be an integer from 0 to ${MAX_ID - 1}, got ${String(id)}`);
    }
    if (this.#tokens[id] !== undefined) {
      throw new WordPieceError(`WordPiece: "${this.#tokens[id]}" and "${token}" have the same id ${id}`);
    }
    if (token === "") throw new WordPieceError(`WordPiece: token ${id} is empty`);
    if (this.#ids.has(token)) {
      throw new WordPieceError(`WordPiece: the token "${token}" comes twice, as ${this.#ids.get(token)} and ${id}`);
    }
    this.#tokens[id] = token;
    this.#ids.set(token, id);
  }

  #tooLong(text: string, start: number, end: number): boolean {
    const length = end - start;
    if (length <= this.maxWordLength) return false;
    if (length > this.maxWordLength * 2) return true; // a character has two units at most
    return [...text.slice(start, end)].length > this.maxWordLength;
  }
}
