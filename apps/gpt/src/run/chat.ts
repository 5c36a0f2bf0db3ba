// `llm chat`: turns on a terminal, or line by line from a pipe.

import { createInterface } from "node:readline/promises";
import { type ChatFormatName, chatStopId, encodePrompt, type Message } from "@llm/sft";
import pc from "picocolors";
import { prefixWriter } from "../families/sequences.js";
import { say } from "../ui/progress.js";
import { asLanguageModel, readsPrefix } from "./model.js";
import { type WriteOptions, writeText } from "./sample-text.js";
import type { SavedModel } from "./saved.js";

/** How to talk. */
export interface ChatOptions extends WriteOptions {
  format: ChatFormatName;
  system?: string;
}

/** Answers one conversation, piece by piece. The oldest turns are dropped when it gets too long. */
export async function* answer(
  saved: SavedModel,
  messages: readonly Message[],
  { format, ...options }: ChatOptions,
): AsyncGenerator<string> {
  const { model, tokenizer } = saved;
  const encode = (text: string, { special }: { special: boolean }): number[] =>
    tokenizer.encode(text, special ? { allowedSpecial: "all" } : { disallowedSpecial: "text" });
  let turns = [...messages];
  let prompt = encodePrompt(turns, { encode, format });
  while (prompt.length >= model.maxLength && turns.length > 1) {
    turns = turns.slice(1);
    prompt = encodePrompt(turns, { encode, format });
  }
  const writing = asLanguageModel(model, saved.architecture);
  const firstAnswer = turns.findIndex(({ role }) => role === "assistant");
  const opening = turns.slice(0, firstAnswer < 0 ? turns.length : firstAnswer);
  const writer =
    readsPrefix(saved.architecture) && opening.length > 0
      ? prefixWriter(writing, prompt, { given: encodePrompt(opening, { encode, format }).length })
      : { model: writing, prompt, stop: [] };
  yield* writeText(writer, tokenizer, { ...options, stop: [chatStopId({ encode, format })] });
}

/** Reads what people say until the end of input or `/exit`; answers go to standard output. */
export async function chat(saved: SavedModel, options: ChatOptions): Promise<void> {
  const terminal = process.stdin.isTTY === true;
  const lines = createInterface({
    input: process.stdin,
    output: terminal ? process.stderr : undefined,
    prompt: pc.bold("you> "),
  });
  const messages: Message[] = options.system ? [{ role: "system", content: options.system }] : [];
  if (terminal) say(pc.dim("/exit ends, /reset starts again"));
  if (terminal) lines.prompt();
  for await (const line of lines) {
    const content = line.trim();
    if (content === "/exit") break;
    if (content === "/reset") messages.length = options.system ? 1 : 0;
    else if (content !== "") await turn(saved, messages, content, options);
    if (terminal) lines.prompt();
  }
  lines.close();
}

async function turn(saved: SavedModel, messages: Message[], content: string, options: ChatOptions): Promise<void> {
  messages.push({ role: "user", content });
  let text = "";
  for await (const piece of answer(saved, messages, { ...options, seed: (options.seed ?? 0) + messages.length })) {
    process.stdout.write(piece);
    text += piece;
  }
  process.stdout.write("\n");
  messages.push({ role: "assistant", content: text });
}
