// Tokenizers in files: which format a file has shows in its name, or in what is in it.
//
//   tokenizer.json   NAME.tiktoken (+ pattern)   NAME.model   vocab.txt   vocab.json (+ merges.txt beside it)

import { mkdir, readFile, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  Tokenizer,
  TokenizerError,
  tokenizerFromGpt2,
  tokenizerFromSentencePiece,
  tokenizerFromTiktoken,
  tokenizerFromVocabTxt,
  tokenizerToGpt2,
  tokenizerToSentencePiece,
  tokenizerToTiktoken,
  tokenizerToVocabTxt,
} from "@llm/tokenizer";
import { UserError } from "../ui/error.js";

/** The expressions that a `.tiktoken` file may be meant for. */
export const tiktokenPatterns = ["cl100k", "o200k", "gpt2", "llama3", "qwen2"] as const;
export type TiktokenPattern = (typeof tiktokenPatterns)[number];

/** The formats, by the names that `convert --to` takes. */
export const formats = ["tokenizer.json", "tiktoken", "model", "vocab.txt", "vocab.json"] as const;
export type Format = (typeof formats)[number];

/** The format of a file by its name. */
export function formatOf(path: string): Format {
  const name = basename(path);
  if (name.endsWith(".tiktoken")) return "tiktoken";
  if (name.endsWith(".model")) return "model";
  if (name.endsWith(".txt")) return "vocab.txt";
  return /vocab[^/]*\.json$/.test(name) ? "vocab.json" : "tokenizer.json";
}

/** Reads a tokenizer from a file of any of the formats. */
export async function readTokenizer(path: string, pattern?: TiktokenPattern): Promise<Tokenizer> {
  const bytes = await read(path);
  const text = (): string => new TextDecoder().decode(bytes);
  try {
    switch (pattern === undefined ? formatOf(path) : "tiktoken") {
      case "tiktoken":
        if (pattern === undefined) {
          throw new UserError(
            `${path}: a .tiktoken file does not say how text is cut; add --pattern ${tiktokenPatterns.join("|")}`,
          );
        }
        return tokenizerFromTiktoken(text(), { pattern });
      case "model":
        return tokenizerFromSentencePiece(bytes);
      case "vocab.txt":
        return tokenizerFromVocabTxt(text());
      case "vocab.json": {
        const merges = await read(join(dirname(path), basename(path).replace(/vocab([^/]*)\.json$/, "merges$1.txt")));
        return tokenizerFromGpt2({ vocabJson: text(), mergesTxt: new TextDecoder().decode(merges) });
      }
      case "tokenizer.json":
        return Tokenizer.fromJSON(text());
    }
  } catch (error) {
    if (error instanceof TokenizerError) throw new UserError(`${path}: ${error.message}`);
    throw error;
  }
}

async function read(path: string): Promise<Uint8Array> {
  return readFile(path).catch((error: Error) => {
    throw new UserError(`cannot read the tokenizer ${path}: ${error.message}`);
  });
}

/** Writes a tokenizer in a format; returns the files. */
export async function writeTokenizer(tokenizer: Tokenizer, path: string, format = formatOf(path)): Promise<string[]> {
  const files = contents(tokenizer, path, format);
  await mkdir(dirname(path), { recursive: true });
  for (const [file, content] of files) await writeFile(file, content);
  return files.map(([file]) => file);
}

function contents(tokenizer: Tokenizer, path: string, format: Format): [string, string | Uint8Array][] {
  try {
    switch (format) {
      case "tiktoken":
        return [[path, tokenizerToTiktoken(tokenizer)]];
      case "model":
        return [[path, tokenizerToSentencePiece(tokenizer)]];
      case "vocab.txt":
        return [[path, tokenizerToVocabTxt(tokenizer)]];
      case "vocab.json": {
        const { vocabJson, mergesTxt } = tokenizerToGpt2(tokenizer);
        const merges = basename(path).replace(/vocab([^/]*)\.json$/, "merges$1.txt");
        return [
          [path, vocabJson],
          [join(dirname(path), merges === basename(path) ? "merges.txt" : merges), mergesTxt],
        ];
      }
      case "tokenizer.json":
        return [[path, `${JSON.stringify(tokenizer, null, 2)}\n`]];
    }
  } catch (error) {
    if (error instanceof TokenizerError) throw new UserError(`cannot be written as ${format}: ${error.message}`);
    throw error;
  }
}
