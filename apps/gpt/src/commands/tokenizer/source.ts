// The flags that say which tokenizer, the same on every verb.

import type { Tokenizer } from "@llm/tokenizer";
import { type Command, Option } from "commander";
import { readTokenizer, type TiktokenPattern, tiktokenPatterns } from "../../run/tokenizer-files.js";
import { UserError } from "../../ui/error.js";

/** The flags' values. */
export interface Source {
  file?: string;
  tiktoken?: string;
  pattern?: TiktokenPattern;
}

/** Adds --file, --tiktoken and --pattern. */
export function addSource(command: Command): Command {
  return command
    .option("-f, --file <path>", "a tokenizer.json, a sentencepiece .model, BERT's vocab.txt, or GPT-2's vocab.json")
    .option("--tiktoken <path>", "a .tiktoken file; takes --pattern")
    .addOption(
      new Option("--pattern <name>", "how text is cut before a .tiktoken file's ranks").choices(tiktokenPatterns),
    );
}

/** The tokenizer that the flags name. */
export async function openSource({ file, tiktoken, pattern }: Source): Promise<Tokenizer> {
  if ((file === undefined) === (tiktoken === undefined)) {
    throw new UserError("say which tokenizer: --file PATH, or --tiktoken PATH --pattern NAME");
  }
  if (tiktoken !== undefined) {
    if (pattern === undefined) throw new UserError(`--tiktoken needs --pattern ${tiktokenPatterns.join("|")}`);
    return readTokenizer(tiktoken, pattern);
  }
  return readTokenizer(file!, file!.endsWith(".tiktoken") ? pattern : undefined);
}
