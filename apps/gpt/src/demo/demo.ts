// The main job, from raw text to a model that answers, in the order of the field's textbooks.

import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { bitsPerByte } from "@llm/causal-lm";
import { getBackend } from "@tensorflow/tfjs-core";
import pc from "picocolors";
import { resolveConfig } from "../config/resolve.js";
import { finetuneSchema, pretrainSchema } from "../config/schema.js";
import { answer } from "../run/chat.js";
import { exportRun } from "../run/export.js";
import { finetune } from "../run/finetune.js";
import { pretrain, type RunResult } from "../run/pretrain.js";
import { collectText } from "../run/sample-text.js";
import { loadSaved, type SavedModel } from "../run/saved.js";
import { bytesOfTokens } from "../run/token-bytes.js";
import { readTokenizer } from "../run/tokenizer-files.js";
import { openTokens } from "../run/tokens.js";
import { Interrupted } from "../ui/error.js";
import { say } from "../ui/progress.js";
import { demoPieces } from "./corpus.js";
import type { Example } from "./declarations.js";
import { examplesOf, splitPieces, writeJsonLines } from "./instructions.js";
import { demoFinetuning, demoPretraining, quick } from "./settings.js";
import { Trigram } from "./trigram.js";

/** What the demo found out. */
export interface DemoResult {
  out: string;
  parameters: number;
  bitsPerByte: number;
  /** Of the bytes, and of the model's own tokens. */
  trigramBitsPerByte: { bytes: number; tokens: number };
  answerLoss: { before: number; after: number };
  answers: { prompt: string; expected: string; before: string; after: string }[];
  exported: string;
  seconds: number;
  /** For people: where everything is. */
  summary: string;
}

/** Runs everything; takes minutes. */
export async function runDemo(options: { out?: string; quick?: boolean }): Promise<DemoResult> {
  const began = performance.now();
  const out = options.out ?? freeFolder();
  const paths = { base: join(out, "pretrained"), tuned: join(out, "finetuned"), exported: join(out, "exported") };

  heading(1, "Text: the TypeScript declarations on this machine, and the house's own sources");
  const { files, heldOut } = await writeText(join(out, "text"), options.quick === true);

  heading(2, "Tokenizer and pretraining: a small LLaMA learns to continue the text");
  const settings = options.quick ? quick : {};
  const { base, tuned } = paths;
  const pretraining = resolveConfig(pretrainSchema, [
    [
      "demo",
      { ...demoPretraining(getBackend()), data: [files.train], validationData: [files.validation], ...settings },
    ],
  ]);
  const trained = finished(await pretrain(pretraining, base), "pretrain");

  heading(3, "Baseline: trigram models of the same text, with absolute discounting");
  const bits = trained.evaluation.bitsPerByte ?? Number.NaN;
  const trigram = await trigramBits(base, pretraining.evalTokens);
  say(
    `bits per byte on the same held-out text: trigram of bytes ${trigram.bytes.toFixed(3)}, trigram of tokens ${trigram.tokens.toFixed(3)}, the model ${pc.bold(bits.toFixed(3))}`,
  );

  heading(4, "Fine-tuning with LoRA: documentation → signature");
  const tuning = resolveConfig(finetuneSchema, [
    ["demo", { ...demoFinetuning, base, data: [files.chats], validationData: [files.heldOutChats], ...settings }],
  ]);
  const finetuned = finished(await finetune(tuning, tuned), "finetune");
  const loss = { before: finetuned.before.loss, after: finetuned.evaluation.loss };
  const change = (1 - loss.after / loss.before) * 100;
  say(
    `held-out answer loss ${loss.before.toFixed(3)} → ${pc.bold(loss.after.toFixed(3))} (${change.toFixed(0)} % lower)`,
  );

  heading(5, "Answers to held-out questions, before and after");
  const answers = await compareAnswers(paths, heldOut.slice(0, 4));

  heading(6, "Export: adapters merged, as a Hugging Face folder");
  await exportRun({ run: tuned, out: paths.exported, format: "hf", checkpoint: "best" });

  const seconds = Math.round((performance.now() - began) / 1000);
  const result = {
    out,
    parameters: trained.parameters,
    bitsPerByte: bits,
    trigramBitsPerByte: trigram,
    answerLoss: loss,
    answers,
    exported: paths.exported,
    seconds,
  };
  return { ...result, summary: summarize(result, paths) };
}

async function writeText(
  folder: string,
  small: boolean,
): Promise<{ files: Record<"train" | "validation" | "chats" | "heldOutChats", string>; heldOut: Example[] }> {
  await mkdir(folder, { recursive: true });
  const all = await demoPieces();
  const pieces = small ? all.filter((_, i) => i % 10 === 0) : all;
  const { train, heldOut } = splitPieces(pieces, 0.05);
  const examples = examplesOf(train);
  const unseen = examplesOf(heldOut, examples).slice(0, 200);
  const path = (name: string): string => join(folder, name);
  const files = {
    train: path("train.jsonl"),
    validation: path("validation.jsonl"),
    chats: path("instructions.jsonl"),
    heldOutChats: path("held-out.jsonl"),
  };
  const texts = (list: typeof train): object[] => list.map(({ text }) => ({ text }));
  const chats = (list: Example[]): object[] =>
    list.map(({ description, signature }) => ({ prompt: description, completion: signature }));
  await writeJsonLines(files.train, texts(train));
  await writeJsonLines(files.validation, texts(heldOut));
  await writeJsonLines(files.chats, chats(examples));
  await writeJsonLines(files.heldOutChats, chats(unseen));
  const megabytes = train.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0) / 1e6;
  say(
    `${megabytes.toFixed(1)} MB of text in ${train.length} pieces, ${heldOut.length} held out; ${examples.length} instructions, ${unseen.length} held out`,
  );
  return { files, heldOut: unseen };
}

/** Bits per byte of trigram models on the held-out text that the model was measured on. */
async function trigramBits(run: string, limit: number): Promise<{ bytes: number; tokens: number }> {
  const tokenizer = await readTokenizer(join(run, "tokenizer.json"));
  const length = bytesOfTokens(tokenizer);
  const { train, validation } = openTokens(join(run, "data"));
  const [seen, unseen] = [train.read(0, train.length), validation.read(0, Math.min(validation.length, limit + 1))];
  const measure = (
    vocabSize: number,
    text: ArrayLike<number>,
    heldOut: ArrayLike<number>,
    bytesOf: (symbol: number) => number,
  ): number => {
    const trigram = new Trigram(vocabSize);
    trigram.add(text);
    let bytes = 0;
    for (let i = 1; i < heldOut.length; i++) bytes += bytesOf(heldOut[i] as number);
    return bitsPerByte({ nats: trigram.nats(heldOut, (symbol) => bytesOf(symbol) > 0), bytes });
  };
  const utf8 = (ids: Int32Array): Uint8Array =>
    new TextEncoder().encode(tokenizer.decode(ids, { specialTokens: "skip" }));
  return {
    bytes: measure(256, utf8(seen), utf8(unseen), () => 1),
    tokens: measure(tokenizer.vocabSize, seen, unseen, (id) => length[id] as number),
  };
}

/** Ends the demo where Ctrl-C ended a run. */
function finished(result: RunResult, verb: string): RunResult {
  if (result.aborted)
    throw new Interrupted(`stopped; to go on with this part: llm ${verb} --resume --out ${result.run}`);
  return result;
}

async function compareAnswers(
  { base, tuned }: { base: string; tuned: string },
  examples: Example[],
): Promise<DemoResult["answers"]> {
  const [before, after] = [await loadSaved(base), await loadSaved(tuned)];
  const answers: DemoResult["answers"] = [];
  for (const { description, signature } of examples) {
    const row = {
      prompt: description,
      expected: signature,
      before: await ask(before, description),
      after: await ask(after, description),
    };
    answers.push(row);
    say(
      `\n${pc.bold("question")} ${row.prompt}\n${pc.dim("before")}   ${row.before}\n${pc.dim("after")}    ${pc.green(row.after)}\n${pc.dim("source")}   ${row.expected}`,
    );
  }
  before.model.dispose();
  after.model.dispose();
  return answers;
}

async function ask(saved: SavedModel, content: string): Promise<string> {
  const text = await collectText(
    answer(saved, [{ role: "user", content }], { format: "plain", temperature: 0, maxTokens: 48 }),
  );
  return text.replace(/\s+/g, " ").trim();
}

function summarize(
  { out, seconds, bitsPerByte: bits, trigramBitsPerByte: trigram, answerLoss }: Omit<DemoResult, "summary">,
  { base, tuned, exported }: Record<"base" | "tuned" | "exported", string>,
): string {
  const llm = process.env.npm_lifecycle_event ? "npm run -s llm --" : "llm";
  const here = (path: string): string => relative(process.env.INIT_CWD ?? process.cwd(), path) || ".";
  return `
${pc.bold(`Done in ${Math.floor(seconds / 60)} min ${seconds % 60} s.`)}
  bits per byte      ${bits.toFixed(3)} (trigram of bytes ${trigram.bytes.toFixed(3)}, of tokens ${trigram.tokens.toFixed(3)})
  answer loss        ${answerLoss.before.toFixed(3)} → ${answerLoss.after.toFixed(3)}
  text               ${here(join(out, "text"))}
  pretrained         ${here(base)}  (report.html shows its curves)
  fine-tuned         ${here(tuned)}
  Hugging Face       ${here(exported)}

Talk to it:          ${llm} chat --run ${here(tuned)}
Let it write:        ${llm} generate --run ${here(base)} --prompt "interface "
Your own text:       ${llm} pretrain --data FILE --out runs/mine`;
}

function heading(number: number, text: string): void {
  say(`\n${pc.bold(pc.cyan(`${number}. ${text}`))}`);
}

function freeFolder(): string {
  for (let i = 1; ; i++) {
    const folder = join(process.env.INIT_CWD ?? process.cwd(), "runs", i === 1 ? "demo" : `demo-${i}`);
    if (!existsSync(folder)) return folder;
  }
}
