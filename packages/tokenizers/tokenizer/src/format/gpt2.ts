// GPT-2's two files: vocab.json, token → id, and merges.txt, a pair a line in the order of joining.

import { TokenizerError } from "../error.js";
import { ByteLevelModel } from "../model/byte-level.js";
import { Tokenizer } from "../tokenizer.js";

/** The content of GPT-2's files. */
export interface Gpt2Files {
  vocabJson: string;
  mergesTxt: string;
}

const END_OF_TEXT = "<|endoftext|>";

/** From the texts of vocab.json and merges.txt. Throws TokenizerError. */
export function tokenizerFromGpt2({ vocabJson, mergesTxt }: Gpt2Files): Tokenizer {
  let vocab: unknown;
  try {
    vocab = JSON.parse(vocabJson);
  } catch (error) {
    throw new TokenizerError(`vocab.json: the file is not JSON, or cut off: ${(error as Error).message}`);
  }
  const merges = mergesTxt.split(/\r?\n/).filter((line, i) => line !== "" && !(i === 0 && line.startsWith("#version")));
  const end = typeof vocab === "object" && vocab !== null && Object.hasOwn(vocab, END_OF_TEXT);
  return named(() =>
    Tokenizer.fromJSON({
      added_tokens: end
        ? [{ id: (vocab as Record<string, unknown>)[END_OF_TEXT], content: END_OF_TEXT, special: true }]
        : [],
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
      decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: { type: "BPE", vocab, merges },
    }),
  );
}

/** What is wrong with the two files, by their names. */
function named<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TokenizerError)) throw error;
    const message = error.message
      .replace(/^tokenizer\.json: /, "")
      .replace(/^model\.vocab/, "the content")
      .replace(/^model\.merges\[(\d+)\]/, (_, place) => `merge ${Number(place) + 1}`);
    const file = /^merge |^BPE: merge /.test(message) ? "merges.txt" : "vocab.json";
    throw new TokenizerError(`${file}: ${message}`, { cause: error });
  }
}

/** vocab.json and merges.txt, special tokens in the vocabulary. Throws TokenizerError for what they cannot say. */
export function tokenizerToGpt2(tokenizer: Tokenizer): Gpt2Files {
  const { model, normalizer, preTokenizer } = tokenizer;
  const type = (preTokenizer.json as { type?: unknown } | null)?.type;
  if (!(model instanceof ByteLevelModel) || type !== "ByteLevel" || normalizer.json !== null) {
    throw new TokenizerError(
      "vocab.json and merges.txt: only GPT-2's kind of tokenizer can be written: byte-level BPE, its pattern, no normalizer",
    );
  }
  const { vocab, merges } = model.toJSON() as { vocab: Record<string, number>; merges: [string, string][] };
  for (const { content, id } of tokenizer.addedTokens) vocab[content] = id;
  return {
    vocabJson: JSON.stringify(vocab),
    mergesTxt: ["#version: 0.2", ...merges.map((pair) => pair.join(" ")), ""].join("\n"),
  };
}
