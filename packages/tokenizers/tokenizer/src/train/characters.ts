// A vocabulary of the characters that a text has.

import { wellFormed } from "@llm/normalize";
import { decoder } from "../decoder/read.js";
import { TokenizerError } from "../error.js";
import { CharModel, everyCharacter } from "../model/characters.js";
import type { TokenizerConfig } from "../options.js";
import { preTokenizer } from "../stage/pre-tokenizer.js";
import { normalizerFor, numbered, readTexts, type Texts, type TrainTokenizerOptions } from "./options.js";

export async function trainCharacters(texts: Texts, options: TrainTokenizerOptions): Promise<TokenizerConfig> {
  const { vocabSize = Number.POSITIVE_INFINITY, specialTokens = [], minFrequency = 1, unknownToken } = options;
  const special = [...new Set(unknownToken === undefined ? specialTokens : [...specialTokens, unknownToken])];
  const normalizer = normalizerFor(options);
  const counts = new Map<string, number>();
  await readTexts(texts, normalizer, options, (text) => {
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
  const stages = { normalizer, preTokenizer: preTokenizer(everyCharacter), decoder: decoder({ type: "Fuse" }) };
  return { model, ...stages, addedTokens };
}

/** By code point, which is nanoGPT's order; JavaScript's own is by UTF-16 unit. */
function order(a: string, b: string): number {
  return a.codePointAt(0)! - b.codePointAt(0)!;
}
