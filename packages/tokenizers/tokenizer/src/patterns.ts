// The expressions as tokenizer.json files have them (Oniguruma's dialect), to know a pre-tokenizer by when reading and
// to name it by when writing. They are never run here: @llm/pretokenize has a scanner for each.
//
// Source: `pat_str` of tiktoken's encodings; Llama 3's tokenizer.json has cl100k's.

import { type NextBoundary, type PretokenizerName, scanner } from "@llm/pretokenize";
import { TokenizerError } from "./error.js";

const cl100k =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";

const punctuation = "\\p{P}!-/:-@\\[-`{-~";

/** Name of a pre-tokenizer → its expression in tokenizer.json. That of Falcon is ours: there it is a sequence of four. */
export const expressions: Record<PretokenizerName, string> = {
  gpt2: "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+",
  cl100k,
  o200k:
    "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  llama3: cl100k,
  qwen2: cl100k.replace("{1,3}", ""),
  falcon: `[${punctuation}]+| ?\\p{L}+|[0-9]{1,3}| ?(?:(?![0-9])\\p{N})+| ?[^\\s\\p{L}\\p{N}${punctuation}]+|\\s+(?![^\\s${punctuation}])|\\s+`,
  whitespace: "\\s+|\\S+",
};

/** The pre-tokenizer that an expression means, or undefined for one that is not known here. */
export function patternOf(expression: string): PretokenizerName | undefined {
  const names = Object.keys(expressions) as PretokenizerName[];
  return names.find((name) => expressions[name] === expression);
}

/** The scanner of a pre-tokenizer by name; a TokenizerError for a name that does not exist. */
export function scannerOf(pattern: PretokenizerName): NextBoundary {
  if (!Object.hasOwn(expressions, pattern)) {
    const known = Object.keys(expressions).join(", ");
    throw new TokenizerError(`Tokenizer: pattern must be one of ${known}, got ${JSON.stringify(pattern)}`);
  }
  return scanner(pattern);
}
