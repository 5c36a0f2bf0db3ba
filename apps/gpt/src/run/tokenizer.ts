// Trains the tokenizer of a run.

import { readDocuments } from "@llm/corpus/node";
import { type Tokenizer, type TrainTokenizerOptions, trainTokenizer } from "@llm/tokenizer";
import { progress, short } from "../ui/progress.js";
import { END_OF_TEXT } from "./tokens.js";

/** What a tokenizer is trained on. */
export interface TrainOptions extends Pick<TrainTokenizerOptions, "kind" | "pattern" | "minFrequency"> {
  data: string[];
  field?: string;
  vocab: number;
  /** More special tokens, which the objective needs; `vocab` counts the ordinary ones and the separator. */
  special?: readonly string[];
}

/** Trains a tokenizer. All kinds get the token that separates documents, but for characters, which are those of the text alone. */
export async function trainOnData({
  kind,
  data,
  field,
  vocab,
  special = [],
  ...options
}: TrainOptions): Promise<Tokenizer> {
  const bar = progress("tokenizer", 1);
  async function* texts(): AsyncGenerator<string> {
    for await (const { text } of readDocuments(data, { field })) yield text;
  }
  const size =
    kind === "char"
      ? { specialTokens: special }
      : { vocabSize: vocab + special.length, specialTokens: [END_OF_TEXT, ...special] };
  const tokenizer = await trainTokenizer(texts(), {
    kind,
    ...size,
    ...options,
    onProgress: ({ stage, characters, tokens, vocabSize }) =>
      bar.update(0, stage === "count" ? `${short(characters)} characters read` : `${tokens}/${vocabSize} tokens`),
  });
  bar.update(1, `${tokenizer.vocabSize} tokens`);
  bar.stop();
  return tokenizer;
}
