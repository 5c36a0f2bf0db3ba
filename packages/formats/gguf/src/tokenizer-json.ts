// How text is cut into pieces: llama.cpp's names, and the expressions of tokenizer.json that they stand for.
//
// Source: src/llama-vocab.cpp of github.com/ggml-org/llama.cpp, and the tokenizer.json of GPT-2, Llama 3 and GPT-4o.

import { GGUFError } from "./error.js";
import { tokenTypes } from "./tokenizer-types.js";

const cl100k =
  "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const o200k =
  "[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\\r\\n\\p{L}\\p{N}]?[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]+[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n/]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+";
const gpt2 = "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";
const everyCharacter = "[\\s\\S]";

/** llama.cpp's name → expression. "llama-bpe" also takes a piece that is a token as it is; "dbrx" merges always. */
const expressions: Readonly<Record<string, string>> = {
  "gpt-2": gpt2,
  "llama-bpe": cl100k,
  dbrx: cl100k,
  "gpt-4o": o200k,
};
/** Other names of the same. */
const aliases: Readonly<Record<string, string>> = {
  ...{ default: "gpt-2", "phi-2": "gpt-2", mpt: "gpt-2", olmo: "gpt-2", "jina-en": "gpt-2" },
  ...{ llama3: "llama-bpe", "llama-v3": "llama-bpe", "smaug-bpe": "dbrx", llama4: "gpt-4o" },
};

/**
 * llama.cpp's name of a pre_tokenizer; "characters" for one that takes every character alone.
 * @throws GGUFError for one that it has no name for
 */
export function patternName(preTokenizer: unknown, wholePieces: boolean): string {
  const stages = stagesOf(preTokenizer);
  const splits = stages
    .filter(({ type }) => type === "Split")
    .map(({ pattern }) => (pattern as { Regex?: unknown })?.Regex);
  const byteLevel = stages.find(({ type }) => type === "ByteLevel");
  if (!byteLevel && splits.length === 1 && splits[0] === everyCharacter) return "characters";
  const expression = splits[0] ?? (byteLevel?.use_regex === false ? undefined : gpt2);
  const name = Object.keys(expressions).find(
    (each) => expressions[each] === expression && (expression !== cl100k || (each === "llama-bpe") === wholePieces),
  );
  if (byteLevel && splits.length <= 1 && name && byteLevel.add_prefix_space !== true) return name;
  throw new GGUFError(
    "tokenizer.json: llama.cpp has no name for this pre_tokenizer; byte-level ones with the expression of GPT-2, Llama 3 or GPT-4o have one",
  );
}

function stagesOf(value: unknown): Record<string, unknown>[] {
  if (typeof value !== "object" || value === null) return [];
  const { type, pretokenizers } = value as Record<string, unknown>;
  return type === "Sequence" && Array.isArray(pretokenizers) ? pretokenizers : [value as Record<string, unknown>];
}

/** A vocabulary as a file has it. */
interface ByteLevelVocabulary {
  tokens: readonly string[];
  types: readonly number[];
  merges: readonly string[];
  pre: string;
}

/** A tokenizer.json of byte-level BPE. @throws GGUFError for a `pre` that is not known */
export function byteLevelJson({ tokens, types, merges, pre }: ByteLevelVocabulary): Readonly<Record<string, unknown>> {
  const name = Object.hasOwn(aliases, pre) ? (aliases[pre] as string) : pre;
  if (!Object.hasOwn(expressions, name))
    throw new GGUFError(
      `a tokenizer that cuts text up as ${JSON.stringify(pre)} does is not known; known are ${Object.keys(expressions).join(", ")}`,
    );
  // Without a prototype, so that a token may be called "__proto__".
  const vocab: Record<string, number> = Object.create(null);
  const added: object[] = [];
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  for (const [id, content] of tokens.entries()) {
    const type = types[id] ?? tokenTypes.normal;
    if (type === tokenTypes.normal) vocab[content] = id;
    else if (type !== tokenTypes.unused)
      added.push({ id, content, ...flags, special: type !== tokenTypes.userDefined });
  }
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: name === "gpt-2" };
  const split = { type: "Split", pattern: { Regex: expressions[name] }, behavior: "Isolated", invert: false };
  return {
    version: "1.0",
    ...{ truncation: null, padding: null, added_tokens: added, normalizer: null },
    pre_tokenizer: name === "gpt-2" ? byteLevel : { type: "Sequence", pretokenizers: [split, byteLevel] },
    post_processor: null,
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      ...{ type: "BPE", dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null },
      ...{ fuse_unk: false, byte_fallback: false, ignore_merges: name === "llama-bpe", vocab, merges },
    },
  };
}
