// A tokenizer from text: count, learn, put the special tokens behind.

import { BPE, PieceCounter, trainBpe } from "@llm/bpe";
import type { PretokenizerName } from "@llm/pretokenize";
import type { AddedToken } from "./added-tokens.js";
import { ByteLevelModel } from "./byte-level-model.js";
import { CharModel, wellFormed } from "./char-model.js";
import { TokenizerError } from "./error.js";
import { type NormalizerName, normalizerOf } from "./normalizers.js";
import { scannerOf } from "./patterns.js";
import { wrapErrors } from "./read-json.js";
import { Tokenizer } from "./tokenizer.js";

/** How far training is. */
export interface TrainTokenizerProgress {
  stage: "count" | "merge";
  /** UTF-16 units of text read so far. */
  characters: number;
  /** Tokens so far, and how many there are to be; 0 while counting. */
  tokens: number;
  vocabSize: number;
}

/** Options of `trainTokenizer`. */
export interface TrainTokenizerOptions {
  /** Byte-level BPE, or a token per character. */
  kind: "bpe" | "char";
  /** Tokens to have in the end, special ones included. For "char" a limit, beyond which the rarest characters are left out; default none. */
  vocabSize?: number;
  /** They get the last ids, in this order; default none. */
  specialTokens?: readonly string[];
  /** How text is cut into pieces ("bpe"); default "gpt2". */
  pattern?: PretokenizerName;
  /** Pairs ("bpe") or characters ("char") that occur less often get no token; default 2 for "bpe", 1 for "char". */
  minFrequency?: number;
  normalizers?: readonly NormalizerName[];
  /** What a character outside of the vocabulary becomes ("char"), a special token such as "<unk>"; without it that is an error. */
  unknownToken?: string;
  onProgress?: (progress: TrainTokenizerProgress) => void;
}

/** Learns a tokenizer from texts. They are read once and not kept. Throws TokenizerError for options that cannot be met. */
export async function trainTokenizer(
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainTokenizerOptions,
): Promise<Tokenizer> {
  if (typeof texts === "string")
    throw new TokenizerError("trainTokenizer: texts must be a list of texts, got one text");
  if (options.kind === "char") return trainCharacters(texts, options);
  if (options.kind === "bpe") return trainByteLevel(texts, options);
  throw new TokenizerError(`trainTokenizer: kind must be "bpe" or "char", got ${JSON.stringify(options.kind)}`);
}

type Texts = Iterable<string> | AsyncIterable<string>;

async function trainByteLevel(texts: Texts, options: TrainTokenizerOptions): Promise<Tokenizer> {
  const {
    vocabSize = 0,
    specialTokens = [],
    pattern = "gpt2",
    minFrequency = 2,
    normalizers = [],
    onProgress,
  } = options;
  const special = withoutTwins(specialTokens);
  if (vocabSize < 256 + special.length) {
    throw new TokenizerError(
      `trainTokenizer: vocabSize must be at least ${256 + special.length} (256 bytes and ${special.length} special tokens), got ${vocabSize}`,
    );
  }
  const counter = new PieceCounter(scannerOf(pattern));
  const characters = await readTexts(texts, options, (text) => counter.add(text));
  const { merges, tokens } = wrapErrors("trainTokenizer", () =>
    trainBpe(counter, {
      vocabSize: vocabSize - special.length,
      minFrequency,
      onProgress: (step) => onProgress?.({ stage: "merge", characters, tokens: step.tokens, vocabSize }),
    }),
  );
  const model = new ByteLevelModel(BPE.fromMerges(merges));
  return new Tokenizer({ model, pattern, normalizers, addedTokens: numbered(special, tokens.length) });
}

async function trainCharacters(texts: Texts, options: TrainTokenizerOptions): Promise<Tokenizer> {
  const {
    vocabSize = Number.POSITIVE_INFINITY,
    specialTokens = [],
    minFrequency = 1,
    unknownToken,
    normalizers = [],
  } = options;
  const special = withoutTwins(unknownToken === undefined ? specialTokens : [...specialTokens, unknownToken]);
  const counts = new Map<string, number>();
  await readTexts(texts, options, (text) => {
    for (const found of text) {
      const character = wellFormed(found);
      counts.set(character, (counts.get(character) ?? 0) + 1);
    }
  });
  const byCount = [...counts]
    .filter(([, count]) => count >= minFrequency)
    .sort((a, b) => b[1] - a[1] || order(a[0], b[0]));
  const room = vocabSize - special.length;
  if (byCount.length > room && unknownToken === undefined) {
    throw new TokenizerError(
      `trainTokenizer: the text has ${byCount.length} characters, vocabSize leaves room for ${room}; raise it, or give an unknownToken`,
    );
  }
  const characters = byCount
    .slice(0, Math.max(0, room))
    .map(([character]) => character)
    .sort(order);
  const addedTokens = numbered(special, characters.length);
  const unknown = addedTokens.find(({ content }) => content === unknownToken);
  const model = new CharModel({
    vocab: new Map(characters.map((character, id) => [character, id])),
    unknown: unknown && { token: unknown.content, id: unknown.id },
  });
  return new Tokenizer({ model, normalizers, addedTokens });
}

/** Hands each text, normalized, to `use`; returns how many UTF-16 units there were. */
async function readTexts(
  texts: Texts,
  { normalizers = [], onProgress, vocabSize = 0 }: TrainTokenizerOptions,
  use: (text: string) => void,
): Promise<number> {
  const normalize = normalizerOf(normalizers);
  let characters = 0;
  for await (const text of texts) {
    use(normalize(text));
    characters += text.length;
    onProgress?.({ stage: "count", characters, tokens: 0, vocabSize });
  }
  if (characters === 0) throw new TokenizerError("trainTokenizer: there is no text to learn from");
  return characters;
}

/** By code point, which is nanoGPT's order; JavaScript's own is by UTF-16 unit. */
function order(a: string, b: string): number {
  return a.codePointAt(0)! - b.codePointAt(0)!;
}

function withoutTwins(tokens: readonly string[]): string[] {
  return [...new Set(tokens)];
}

function numbered(tokens: readonly string[], first: number): AddedToken[] {
  return tokens.map((content, i) => ({ content, id: first + i, special: true }));
}
