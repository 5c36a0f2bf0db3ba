// From text to shards of tokens: one pass, memory bounded, training part and held-out tail.

import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readDocuments } from "@llm/corpus/node";
import { dtypeForVocabulary, type TokenSource } from "@llm/token-shards";
import { openShards, ShardWriter } from "@llm/token-shards/node";
import type { Tokenizer } from "@llm/tokenizer";
import { UserError } from "../ui/error.js";
import { progress, short } from "../ui/progress.js";

/** The token that stands between documents. */
export const END_OF_TEXT = "<|endoftext|>";

/** What becomes tokens. */
export interface TokenizeOptions {
  data: string[];
  field?: string;
  /** Share of the tokens, at the end, that is held out. */
  validation: number;
  /** Held-out text of its own, instead of the tail. */
  validationData?: string[];
  tokenizer: Tokenizer;
  /** Folder for the shards. */
  out: string;
}

/** Training and held-out tokens of a prepared folder. */
export interface Tokens {
  train: TokenSource;
  validation: TokenSource;
}

/** True for a folder that `tokenizeData` finished. */
export function isPrepared(folder: string): boolean {
  return existsSync(join(folder, "train.json")) && existsSync(join(folder, "validation.json"));
}

/** Opens a prepared folder. */
export function openTokens(folder: string): Tokens {
  return { train: openShards(folder, { split: "train" }), validation: openShards(folder, { split: "validation" }) };
}

/**
 * Tokenizes text into `train` and `validation` shards.
 * @throws UserError when there is too little text to split
 */
export async function tokenizeData({
  data,
  field,
  validation,
  validationData,
  tokenizer,
  out,
}: TokenizeOptions): Promise<Tokens> {
  const write = (split: string, paths: string[]): Promise<number> => writeSplit(out, split, paths, tokenizer, field);
  if (validationData) {
    await write("train", data);
    await write("validation", validationData);
    return openTokens(out);
  }
  const total = await write("all", data);
  const all = openShards(out, { split: "all" });
  const border = Math.floor(total * (1 - validation));
  if (border < 2 || total - border < 2) {
    throw new UserError(
      `the text has only ${total} tokens: too little to hold out ${Math.round(validation * 100)} % of it`,
    );
  }
  copy(out, "train", all, 0, border, tokenizer);
  copy(out, "validation", all, border, total, tokenizer);
  all.close();
  for (const { path } of all.shards) await rm(path);
  await rm(join(out, "all.json"), { force: true });
  return openTokens(out);
}

async function writeSplit(
  out: string,
  split: string,
  paths: string[],
  tokenizer: Tokenizer,
  field?: string,
): Promise<number> {
  const writer = new ShardWriter(out, { split, dtype: dtypeForVocabulary(tokenizer.vocabSize) });
  const separator = tokenizer.specialTokens.get(END_OF_TEXT);
  const bar = progress(`tokenizing ${split === "all" ? "" : split}`.trim(), 1);
  let [tokens, last] = [0, ""];
  for await (const { id, text } of readDocuments(paths, { field })) {
    // Parts of one long document follow each other without a separator.
    if (separator !== undefined && last !== "" && id !== last) {
      writer.write([separator]);
      tokens++;
    }
    last = id;
    const ids = tokenizer.encode(text, { disallowedSpecial: "text" });
    writer.write(ids);
    tokens += ids.length;
    bar.update(0, `${short(tokens)} tokens`);
  }
  writer.close();
  bar.update(1, `${short(tokens)} tokens`);
  bar.stop();
  return tokens;
}

function copy(out: string, split: string, from: TokenSource, start: number, end: number, tokenizer: Tokenizer): void {
  const writer = new ShardWriter(out, { split, dtype: dtypeForVocabulary(tokenizer.vocabSize) });
  const window = 2 ** 20;
  for (let at = start; at < end; at += window) writer.write(from.read(at, Math.min(window, end - at)));
  writer.close();
}
