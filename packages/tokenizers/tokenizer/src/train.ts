// A tokenizer from text: count, learn, put the stages of its kind around.

import { TokenizerError } from "./error.js";
import type { TokenizerConfig } from "./options.js";
import { Tokenizer } from "./tokenizer.js";
import { trainByteLevel } from "./train/byte-level.js";
import { trainCharacterBpeTokenizer } from "./train/character-bpe.js";
import { trainCharacters } from "./train/characters.js";
import type { Texts, TrainTokenizerOptions } from "./train/options.js";
import { trainUnigramTokenizer } from "./train/unigram.js";
import { trainWordPieceTokenizer } from "./train/word-piece.js";
import { wrapErrorsAsync } from "./wrap-errors.js";

const trainers: Record<
  TrainTokenizerOptions["kind"],
  (texts: Texts, options: TrainTokenizerOptions) => Promise<TokenizerConfig>
> = {
  bpe: trainByteLevel,
  "character-bpe": trainCharacterBpeTokenizer,
  wordpiece: trainWordPieceTokenizer,
  unigram: trainUnigramTokenizer,
  char: trainCharacters,
};

/** Learns a tokenizer from texts. They are read once and not kept. Throws TokenizerError for options that cannot be met. */
export async function trainTokenizer(texts: Texts, options: TrainTokenizerOptions): Promise<Tokenizer> {
  if (typeof texts === "string")
    throw new TokenizerError("trainTokenizer: texts must be a list of texts, got one text");
  if (!Object.hasOwn(trainers, options.kind)) {
    const known = Object.keys(trainers).join(", ");
    throw new TokenizerError(`trainTokenizer: kind must be one of ${known}, got ${JSON.stringify(options.kind)}`);
  }
  return new Tokenizer(await wrapErrorsAsync("trainTokenizer", () => trainers[options.kind](texts, options)));
}
