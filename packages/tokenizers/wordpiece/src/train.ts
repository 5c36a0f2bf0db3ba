// Training of WordPiece: from characters, the pair that makes the text likelier by most is joined, again and again.
//
//   gain(a b) = f(ab) / (f(a) · f(b))
//
// What BPE would join for being frequent, "t" and "h", waits here as long as its parts are as frequent without each other.
//
// Source: Schuster and Nakajima, "Japanese and Korean voice search" (ICASSP 2012); Google never published BERT's trainer.
// Hugging Face's trainer of that name joins by frequency; that is `gain: "frequency"`.

import { BpeError, type TrainBpeProgress, trainCharacterBpe } from "@llm/bpe/characters";
import { WordPieceError } from "./error.js";

/** Options of `trainWordPiece`. */
export interface TrainWordPieceOptions {
  /** Tokens to stop at, all included; fewer come out when no pair is frequent enough. */
  vocabSize: number;
  /** Pairs that occur less often are not joined; default 2. A high gain is cheap for what is rare: raise it with the corpus. */
  minFrequency?: number;
  /** They get the first ids; default BERT's: [PAD] [UNK] [CLS] [SEP] [MASK]. */
  specialTokens?: Iterable<string>;
  /** Characters to have whether they occur or not. */
  initialAlphabet?: Iterable<string>;
  /** How many characters to have at most, the most frequent ones; default 1000. Each makes two tokens, "a" and "##a". */
  alphabetSize?: number;
  /** What tokens begin with that go on within a word; default "##". */
  prefix?: string;
  /** What is joined first; default "likelihood". */
  gain?: "likelihood" | "frequency";
  /** Called after each join. */
  onProgress?: (progress: TrainBpeProgress) => void;
}

/** Learns a vocabulary from distinct words and how often each occurs. Throws WordPieceError for a `vocabSize` below the characters. */
export function trainWordPiece(
  words: Iterable<readonly [string, number]>,
  options: TrainWordPieceOptions,
): [token: string, id: number][] {
  const {
    specialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"],
    alphabetSize = 1000,
    prefix = "##",
    gain = "likelihood",
    ...others
  } = options;
  try {
    const config = { ...others, specialTokens, alphabetSize, gain, continuingSubwordPrefix: prefix };
    return trainCharacterBpe(words, config).tokens.map((token, id) => [token, id]);
  } catch (error) {
    if (error instanceof BpeError) throw new WordPieceError(error.message, { cause: error });
    throw error;
  }
}
