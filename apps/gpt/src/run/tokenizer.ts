// Trains, reads and writes the tokenizer of a run.

import { readFile } from "node:fs/promises";
import { readDocuments } from "@llm/corpus/node";
import { Tokenizer, trainTokenizer } from "@llm/tokenizer";
import { UserError } from "../ui/error.js";
import { progress, short } from "../ui/progress.js";
import { END_OF_TEXT } from "./tokens.js";

/** Reads a tokenizer.json. */
export async function readTokenizer(path: string): Promise<Tokenizer> {
  const text = await readFile(path, "utf8").catch((error: Error) => {
    throw new UserError(`cannot read the tokenizer ${path}: ${error.message}`);
  });
  return Tokenizer.fromJSON(text);
}

/** What a tokenizer is trained on. */
export interface TrainOptions {
  kind: "bpe" | "char";
  data: string[];
  field?: string;
  vocab: number;
  /** More special tokens, which the objective needs; `vocab` counts the ordinary ones and the separator. */
  special?: readonly string[];
}

/** Trains a tokenizer. Byte-level BPE gets the token that separates documents; characters are those of the text alone. */
export async function trainOnData({ kind, data, field, vocab, special: more = [] }: TrainOptions): Promise<Tokenizer> {
  const bar = progress("tokenizer", 1);
  async function* texts(): AsyncGenerator<string> {
    for await (const { text } of readDocuments(data, { field })) yield text;
  }
  const special =
    kind === "bpe"
      ? { vocabSize: vocab + more.length, specialTokens: [END_OF_TEXT, ...more] }
      : { specialTokens: more };
  const tokenizer = await trainTokenizer(texts(), {
    kind,
    ...special,
    onProgress: ({ stage, characters, tokens, vocabSize }) =>
      bar.update(0, stage === "count" ? `${short(characters)} characters read` : `${tokens}/${vocabSize} tokens`),
  });
  bar.update(1, `${tokenizer.vocabSize} tokens`);
  bar.stop();
  return tokenizer;
}
