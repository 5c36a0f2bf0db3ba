// Special tokens of an objective in any vocabulary: those that the tokenizer has keep their ids, the others get ids behind
// its own, which no text contains.

import type { Tokenizer } from "@llm/tokenizer";
import type { SpecialIds } from "./family.js";

/** Ids of the tokens, and the size of the vocabulary with those that are new. */
export function specialIds(tokenizer: Tokenizer, names: readonly string[]): { special: SpecialIds; vocabSize: number } {
  let next = tokenizer.vocabSize;
  const special = new Map(names.map((name) => [name, tokenizer.specialTokens.get(name) ?? next++]));
  return { special, vocabSize: next };
}
