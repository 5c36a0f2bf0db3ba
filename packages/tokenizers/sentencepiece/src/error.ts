import { BpeError } from "@llm/bpe";
import { UnigramError } from "@llm/unigram";

/** What this package throws: a file, an option or ids that cannot be right. The message says what was expected, and where. */
export class SentencePieceError extends Error {
  override name = "SentencePieceError";
}

/** Passes on what the packages below have to say as this package's error. */
export function checked<T>(what: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof UnigramError || error instanceof BpeError)) throw error;
    throw new SentencePieceError(`${what}: ${error.message}`, { cause: error });
  }
}
