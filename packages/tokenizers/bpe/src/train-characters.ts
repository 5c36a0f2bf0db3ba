// Training of BPE on characters: the symbols to begin with are the characters of the text, or the more frequent of
// them; learn.ts does the rest.
//
// Ids: the special tokens, the tokens of the bytes if there are, the characters by code point, then what was joined.
// With affixes a character has a token for each way in which it stands in a word: "a", "##a", "a</w>".

import { type AlphabetOptions, alphabetOf, spell, spellings } from "./alphabet.js";
import { byteToken } from "./character-vocabulary.js";
import { BpeError } from "./error.js";
import { type Gain, learnMerges } from "./learn.js";
import { Likelihood } from "./likelihood.js";
import type { TrainBpeProgress } from "./train.js";
import { wordList } from "./word-list.js";

/** Options of `trainCharacterBpe`. */
export interface TrainCharacterBpeOptions extends AlphabetOptions {
  /** Tokens to stop at, all included; fewer come out when no pair is frequent enough. */
  vocabSize: number;
  /** Pairs that occur less often are not joined; default 2. */
  minFrequency?: number;
  /** They get the first ids, and nothing is joined to one of them. */
  specialTokens?: Iterable<string>;
  /** Whether there are tokens `<0x00>` to `<0xFF>` for characters that have none; default false. */
  byteFallback?: boolean;
  /** The longest token, in characters; default none. Sentencepiece's is 16. */
  maxTokenLength?: number;
  /** What is joined first: the most frequent pair, or (WordPiece) the one with the highest f(ab) / (f(a) f(b)). */
  gain?: "frequency" | "likelihood";
  /** Called after each join. */
  onProgress?: (progress: TrainBpeProgress) => void;
}

/** What `trainCharacterBpe` has learned. */
export interface TrainedCharacterBpe {
  /** The tokens; a token's index is its id. */
  tokens: string[];
  /** How many of them are special or stand for bytes: the first ones. */
  reserved: number;
  /** Pairs of ids in the order of joining, for `CharacterBPE.fromMerges`. */
  merges: [number, number][];
}

/**
 * Learns tokens from distinct pieces of text and how often each occurs. A piece with a character that the alphabet leaves
 * out is learned from in parts. Throws BpeError for a `vocabSize` below the tokens to begin with, or a wrong count.
 */
export function trainCharacterBpe(
  pieces: Iterable<readonly [string, number]>,
  options: TrainCharacterBpeOptions,
): TrainedCharacterBpe {
  const { vocabSize, minFrequency = 2, maxTokenLength, onProgress } = options;
  const counted = "next" in pieces ? [...pieces] : pieces; // it is gone through twice
  const tokens = firstTokens(alphabetOf(counted, options), options);
  const { reserved } = tokens;
  if (!Number.isInteger(vocabSize) || vocabSize < tokens.size) {
    throw new BpeError(
      `trainCharacterBpe: vocabSize must be at least ${tokens.size}, for ${reserved} reserved tokens and ` +
        `${tokens.size - reserved} of characters, got ${vocabSize}; limit the latter with \`alphabetSize\` or \`coverage\``,
    );
  }
  const merges = learnMerges({
    words: wordList(counted, (piece) => spell(piece, options).map((symbol) => tokens.idOf(symbol))),
    minFrequency,
    ...(maxTokenLength !== undefined && { maxSpan: maxTokenLength }),
    ...(options.gain === "likelihood" && { gain: (words, pairs): Gain => new Likelihood(words, pairs) }),
    join: (left, right) => tokens.joined(left, right),
    more: () => tokens.size < vocabSize,
    onJoin: onProgress && ((count) => onProgress({ tokens: tokens.size, vocabSize, count })),
  });
  return { tokens: tokens.list, reserved, merges };
}

function firstTokens(alphabet: readonly string[], options: TrainCharacterBpeOptions): TokenList {
  const { specialTokens = [], byteFallback = false, continuingSubwordPrefix = "" } = options;
  const tokens = new TokenList(continuingSubwordPrefix);
  for (const token of specialTokens) tokens.add(token);
  if (byteFallback) for (let byte = 0; byte < 256; byte++) tokens.add(byteToken(byte));
  tokens.reserved = tokens.size;
  for (const character of alphabet) for (const symbol of spellings(character, options)) tokens.add(symbol);
  return tokens;
}

/** The tokens so far. */
class TokenList {
  readonly list: string[] = [];
  /** Ids below are of tokens that no join may make. */
  reserved = 0;
  readonly #ids = new Map<string, number>();
  readonly #prefix: string;

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  get size(): number {
    return this.list.length;
  }

  /** The id of what text can become, or -1. */
  idOf(token: string): number {
    const id = this.#ids.get(token) ?? -1;
    return id < this.reserved ? -1 : id;
  }

  /** Adds a token if it is not there. */
  add(token: string): void {
    if (!this.#ids.has(token)) this.#ids.set(token, this.list.push(token) - 1);
  }

  /** The id of the token that two make, or -1 if they must not. */
  joined(left: number, right: number): number {
    const tail = this.list[right]!;
    const token = this.list[left]! + (tail.startsWith(this.#prefix) ? tail.slice(this.#prefix.length) : tail);
    this.add(token);
    return this.idOf(token);
  }
}
