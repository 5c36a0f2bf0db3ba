// The expressions that published tokenizers have, to know them by: each is run by its scanner.
//
// Source: `pat_str` of tiktoken's encodings, and tokenizer.json of the models named.

import type { PretokenizerName } from "../patterns.js";

const contractions = "(?i:'s|'t|'re|'ve|'m|'ll|'d)";
const tail = "[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const upper = "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]";
const lower = "[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]";
const o200kWord = `[^\\r\\n\\p{L}\\p{N}]?${upper}*${lower}+${contractions}?|[^\\r\\n\\p{L}\\p{N}]?${upper}+${lower}*${contractions}?`;

const published: readonly (readonly [PretokenizerName, string])[] = [
  ["gpt2", "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"],
  // Newer tiktoken writes the same with possessive quantifiers, and the last two alternatives otherwise.
  ["gpt2", "'(?:[sdmt]|ll|ve|re)| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"],
  ["gpt2", "'(?:[sdmt]|ll|ve|re)| ?\\p{L}++| ?\\p{N}++| ?[^\\s\\p{L}\\p{N}]++|\\s++$|\\s+(?!\\S)|\\s"],
  ["cl100k", `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+${tail}`],
  ["qwen2", `${contractions}|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}| ?[^\\s\\p{L}\\p{N}]+${tail}`],
  ["o200k", `${o200kWord}|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+`],
  ["whitespace", "\\s+|\\S+"],
  ["whitespace", "\\S+|\\s+"],
];

/** The pre-tokenizer that a published expression stands for, or undefined. */
export function publishedName(source: string): PretokenizerName | undefined {
  return published.find(([, known]) => known === source)?.[0];
}
