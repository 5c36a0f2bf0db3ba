import { generate } from "@llm/generate";
import { Random } from "@llm/random";
import type { SampleOptions } from "@llm/sampling";
import type { Tokenizer } from "@llm/tokenizer";
import type { Writer } from "../families/family.js";

/** How to write a text. */
export interface WriteOptions extends Omit<SampleOptions, "random" | "history"> {
  maxTokens: number;
  seed?: number;
  /** Ids that end the text; they are not part of it. */
  stop?: number[];
  signal?: AbortSignal;
}

/** Streams what the model writes after the prompt, as pieces of text that end between characters. */
export async function* writeText(
  { model, prompt, stop: ends }: Writer,
  tokenizer: Tokenizer,
  { seed = 0, stop: more = [], ...options }: WriteOptions,
): AsyncGenerator<string> {
  const stop = [...ends, ...more];
  const stream = tokenizer.decodeStream({ specialTokens: "skip" });
  for await (const id of generate(model, prompt, { ...options, stop, random: new Random(seed).fork("sampling") })) {
    if (stop.includes(id)) break;
    // Ids behind the tokenizer's are special tokens of the objective.
    if (id >= tokenizer.vocabSize) continue;
    const text = stream.push(id);
    if (text) yield text;
  }
  const rest = stream.flush();
  if (rest) yield rest;
}

/** All of what the model writes. */
export async function collectText(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}
