// Sentencepiece's way to say what is joined: every token has a score, and two neighbors may be joined if their text is a
// token; the one of the highest score goes first.
//
// So a character can take part in a join without being a token itself. Such characters get symbols of their own, with
// ids above all tokens; those that no join has taken become what unknown characters become.

import type { CharacterVocabulary } from "./character-vocabulary.js";
import { mergesFromVocabulary } from "./derive-merges.js";
import { BpeError } from "./error.js";
import type { Merges } from "./merge.js";
import { utf8 } from "./utf8.js";

type ScoredToken = readonly [token: string, id: number, score: number];

/** What the scores say, as merges. Adds the characters that are no tokens to `vocabulary.text`, above its size. */
export function mergesFromScores(vocabulary: CharacterVocabulary, tokens: readonly ScoredToken[]): Merges {
  let free = vocabulary.size;
  for (const [token, id, score] of tokens) {
    if (!Number.isFinite(score)) throw new BpeError(`CharacterBPE: token ${id} needs a score, got ${String(score)}`);
    for (const character of token) {
      const bytes = utf8(character);
      if (vocabulary.text.idOf(bytes) === -1) vocabulary.text.add(bytes, free++);
    }
  }
  const joined = tokens.filter(([token]) => token.length > String.fromCodePoint(token.codePointAt(0)!).length);
  joined.sort((a, b) => b[2] - a[2] || a[1] - b[1]);
  const order = joined.map(([, id]) => id);
  return { ...mergesFromVocabulary(vocabulary.text, order), levels: levelsOf(joined) };
}

/** The place of each score among the different ones; undefined when all differ. */
function levelsOf(joined: readonly ScoredToken[]): Int32Array | undefined {
  const levels = new Int32Array(joined.length);
  for (let i = 1; i < joined.length; i++) levels[i] = levels[i - 1]! + (joined[i]![2] === joined[i - 1]![2] ? 0 : 1);
  return levels.length > 0 && levels.at(-1)! + 1 < levels.length ? levels : undefined;
}
