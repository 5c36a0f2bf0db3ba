import type { Bits } from "@llm/quantized-linear";
import type { Command } from "commander";
import { InvalidArgumentError, Option } from "commander";
import { activateBackend } from "../backend.js";
import { addFlags, parseNumber } from "../config/flags.js";
import { type BackendName, backendShape } from "../config/schema.js";
import { chat } from "../run/chat.js";
import { evaluateRun } from "../run/evaluate.js";
import { writerOf } from "../run/model.js";
import { collectText, type WriteOptions, writeText } from "../run/sample-text.js";
import { loadForUse } from "../run/saved.js";
import { UserError } from "../ui/error.js";
import { printResult } from "../ui/output.js";
import { say } from "../ui/progress.js";
import { readText } from "../ui/read-text.js";

interface SamplingFlags {
  run: string;
  checkpoint: "best" | "latest";
  bits?: Bits;
  backend?: BackendName;
  maxTokens: number;
  temperature: number;
  topK?: number;
  topP?: number;
  minP?: number;
  repetitionPenalty?: number;
  seed: number;
  json?: boolean;
}

/** `llm eval`, `llm generate` and `llm chat`. */
export function addUsingCommands(program: Command): void {
  addEval(program);
  addGenerate(program);
  addChat(program);
}

function addEval(program: Command): void {
  const command = withBits(withRun(program.command("eval").summary("loss, perplexity and bits per byte")))
    .description("Measure a model on the text its run held out, or on any text. Special tokens do not count.")
    .option("-d, --data <path...>", "text to measure on, instead of what the run held out")
    .option("--field <name>", "field of a JSON Lines record that holds the text")
    .option("--tokens <number>", "at most so many tokens (default: all)", parseNumber)
    .option("--batch <number>", "sequences at a time", parseNumber, 8)
    .option("--json", "print the result as JSON");
  addFlags(command, backendShape).action(async ({ backend, json, ...options }) => {
    await activateBackend(backend ?? "auto");
    const result = await evaluateRun(options);
    const bits = result.bitsPerByte ? `\nbits per byte ${result.bitsPerByte.toFixed(4)}` : "";
    printResult(
      json,
      result,
      `loss          ${result.loss.toFixed(4)} nats per token\nperplexity    ${result.perplexity.toFixed(3)}${bits}\nover ${result.tokens} tokens`,
    );
  });
}

function addGenerate(program: Command): void {
  const command = withSampling(withBits(withRun(program.command("generate").summary("continue a text"))))
    .description("Continue a prompt, streaming the text to standard output.")
    .option("-p, --prompt <text>", "the text to continue; - reads standard input", "\n")
    .option("--stop <text>", "end at this text");
  addFlags(command, backendShape).action(
    async ({ prompt, stop, json, ...flags }: SamplingFlags & { prompt: string; stop?: string }) => {
      await activateBackend(flags.backend ?? "auto");
      const { model, tokenizer, architecture } = await loadForUse(flags.run, flags.checkpoint, flags.bits);
      const text = await readText(prompt);
      const ids = tokenizer.encode(text, { disallowedSpecial: "text" });
      if (ids.length === 0) throw new UserError("the prompt is empty: give at least one character");
      const writer = writerOf(model, architecture, { tokenizer, ids });
      if (!writer)
        throw new UserError(`a ${String(architecture.model_type)} names hidden words and does not write text`);
      const pieces = until(writeText(writer, tokenizer, sampling(flags)), stop);
      if (json) return printResult(true, { prompt: text, text: await collectText(pieces) }, "");
      process.stdout.write(text);
      for await (const piece of pieces) process.stdout.write(piece);
      process.stdout.write("\n");
    },
  );
}

function addChat(program: Command): void {
  const command = withSampling(withBits(withRun(program.command("chat").summary("talk to a fine-tuned model"))))
    .description("Talk to a fine-tuned model, on a terminal or line by line from a pipe.")
    .option("--system <text>", "instructions before the conversation")
    .addOption(
      new Option("--format <name>", "chat format (default: the run's)").choices(["plain", "chatml", "llama3"]),
    );
  addFlags(command, backendShape).action(
    async ({ system, format, ...flags }: SamplingFlags & { system?: string; format?: never }) => {
      await activateBackend(flags.backend ?? "auto");
      const saved = await loadForUse(flags.run, flags.checkpoint, flags.bits);
      if (!format && !saved.format) say("this model was never fine-tuned on conversations: expect it to ramble");
      await chat(saved, { ...sampling(flags), system, format: format ?? saved.format ?? "plain" });
    },
  );
}

/** The options that name a model. */
export function withRun(command: Command): Command {
  return command
    .requiredOption("-r, --run <folder>", "a run, or a Hugging Face folder")
    .addOption(
      new Option("--checkpoint <which>", "which checkpoint of a run").choices(["best", "latest"]).default("best"),
    );
}

function withBits(command: Command): Command {
  return command.addOption(
    new Option(
      "--bits <8|4>",
      "quantize the linear layers to so many bits: less memory, faster, a little worse",
    ).argParser((text) => {
      if (text === "8" || text === "4") return Number(text);
      throw new InvalidArgumentError("Allowed are 8 and 4.");
    }),
  );
}

function withSampling(command: Command): Command {
  return command
    .option("-n, --max-tokens <number>", "length of the text", parseNumber, 200)
    .option("-t, --temperature <number>", "0 takes the likeliest token; 1 samples the model as it is", parseNumber, 0.8)
    .option("--top-k <number>", "sample among the k likeliest tokens", parseNumber)
    .option("--top-p <number>", "sample among the likeliest tokens with this total probability", parseNumber)
    .option("--min-p <number>", "leave out tokens below this share of the likeliest one's probability", parseNumber)
    .option("--repetition-penalty <number>", "above 1: avoid tokens that are in the text already", parseNumber)
    .option("--seed <number>", "seed of the sampling", parseNumber, 0)
    .option("--json", "print the result as JSON");
}

function sampling({ maxTokens, temperature, topK, topP, minP, repetitionPenalty, seed }: SamplingFlags): WriteOptions {
  return { maxTokens, temperature, topK, topP, minP, repetitionPenalty, seed };
}

/** Ends a stream of text before the first occurrence of `stop`, also when it falls across pieces. */
async function* until(pieces: AsyncIterable<string>, stop: string | undefined): AsyncGenerator<string> {
  if (!stop) return yield* pieces;
  let held = "";
  for await (const piece of pieces) {
    held += piece;
    const at = held.indexOf(stop);
    if (at >= 0) return yield held.slice(0, at);
    const safe = Math.max(0, held.length - stop.length + 1);
    yield held.slice(0, safe);
    held = held.slice(safe);
  }
  yield held;
}
