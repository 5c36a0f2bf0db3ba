// Errors of the packages below, as errors of this one.

import { BpeError } from "@llm/bpe";
import { SentencePieceError } from "@llm/sentencepiece";
import { UnigramError } from "@llm/unigram";
import { WordPieceError } from "@llm/wordpiece";
import { TokenizerError } from "./error.js";

const below = [BpeError, UnigramError, SentencePieceError, WordPieceError];

/** Runs `f`; what the packages of models throw becomes a TokenizerError that says where. */
export function wrapErrors<T>(where: string, f: () => T): T {
  try {
    return f();
  } catch (error) {
    throw wrapped(where, error);
  }
}

/** As `wrapErrors`, for what takes its time. */
export async function wrapErrorsAsync<T>(where: string, f: () => Promise<T>): Promise<T> {
  try {
    return await f();
  } catch (error) {
    throw wrapped(where, error);
  }
}

function wrapped(where: string, error: unknown): unknown {
  if (!(error instanceof Error) || !below.some((known) => error instanceof known)) return error;
  return new TokenizerError(`${where}: ${shortened(error.message)}`, { cause: error });
}

/** Without the middle of what a file may have made megabytes of. */
function shortened(message: string): string {
  return message.length > 400 ? `${message.slice(0, 300)} … ${message.slice(-80)}` : message;
}
