import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expectClose } from "@llm/testing";
import { expect, test } from "vitest";
import { llm, llmJson, start, temporaryFolder } from "./llm.js";

const small = ["--layers", "1", "--heads", "2", "--dim", "16", "--context", "32", "--batch", "4", "--backend", "cpu"];

function corpus(folder: string): string {
  const path = join(folder, "text.txt");
  writeFileSync(
    path,
    Array.from({ length: 400 }, (_, i) => `The ${i % 7} dogs and the ${i % 5} cats went to the ${i % 3} hills.\n`).join(
      "",
    ),
  );
  return path;
}

interface Evaluation {
  loss: number;
  perplexity: number;
  bitsPerByte: number;
  tokens: number;
}

test("from text to an exported, fine-tuned model, and every step can be looked at", async () => {
  const folder = temporaryFolder();
  const path = (...names: string[]): string => join(folder, ...names);
  const text = corpus(folder);

  const { vocabSize } = await llmJson<{ vocabSize: number }>(
    "tokenizer",
    "train",
    "--data",
    text,
    "--vocab",
    "300",
    "--out",
    path("tokenizer.json"),
  );
  expect(vocabSize).toBeGreaterThan(257);
  const { ids } = await llmJson<{ ids: number[] }>(
    "tokenizer",
    "encode",
    "--file",
    path("tokenizer.json"),
    "The dogs é<|endoftext|>",
  );
  expect(await llmJson("tokenizer", "decode", "--file", path("tokenizer.json"), ids.join(" "))).toEqual({
    text: "The dogs é<|endoftext|>",
  });
  expect(ids).not.toContain(vocabSize - 1);

  const prepared = await llmJson<{ trainTokens: number; validationTokens: number }>(
    "data",
    "prepare",
    "--data",
    text,
    "--tokenizer",
    path("tokenizer.json"),
    "--out",
    path("data"),
  );
  expect(prepared.validationTokens / (prepared.trainTokens + prepared.validationTokens)).toBeCloseTo(0.1, 2);

  const run = path("run");
  const trained = await llmJson<Evaluation & { step: number }>(
    "pretrain",
    "--data",
    path("data"),
    "--out",
    run,
    ...small,
    "--kv-heads",
    "1",
    "--steps",
    "60",
    "--eval-every",
    "30",
    "--sample-every",
    "30",
    "--learning-rate",
    "0.01",
    "--warmup",
    "5",
  );
  expect(trained.loss).toBeLessThan(4); // ln 300 = 5.7 at first
  expect(readdirSync(run).sort()).toEqual([
    "checkpoints",
    "config.json",
    "metrics.jsonl",
    "report.html",
    "run.json",
    "tokenizer.json",
  ]);
  const report = readFileSync(join(run, "report.html"), "utf8");
  expect(report).toContain("uPlot");
  expect(report).toContain("step 60</summary>");
  expect(report).not.toMatch(/(src|href)="http/);

  const evaluation = await llmJson<Evaluation>("eval", "--run", run, "--backend", "cpu");
  expect(evaluation.perplexity).toBeCloseTo(Math.exp(evaluation.loss), 6);
  expect(evaluation.loss).toBeCloseTo(trained.loss, 5);

  const generate = [
    "generate",
    "--run",
    run,
    "--prompt",
    "The ",
    "--max-tokens",
    "12",
    "--seed",
    "3",
    "--backend",
    "cpu",
  ];
  const first = await llmJson<{ text: string }>(...generate);
  expect(await llmJson(...generate)).toEqual(first);
  expect((await llm(...generate)).out).toBe(`The ${first.text}\n`);
  const stopped = await llmJson<{ text: string }>(...generate, "--stop", first.text.slice(3, 5));
  expect(stopped.text).toBe(first.text.slice(0, first.text.indexOf(first.text.slice(3, 5))));

  const chats = path("chats.jsonl");
  writeFileSync(
    chats,
    Array.from(
      { length: 40 },
      (_, i) => `${JSON.stringify({ prompt: `cats ${i % 5}`, completion: "the hills" })}\n`,
    ).join(""),
  );
  const tuned = path("tuned");
  const lora = await llmJson<{ loss: number; before: { loss: number }; parameters: number }>(
    "finetune",
    "--base",
    run,
    "--data",
    chats,
    "--out",
    tuned,
    "--steps",
    "40",
    "--rank",
    "4",
    "--learning-rate",
    "0.02",
    "--backend",
    "cpu",
  );
  expect(lora.loss).toBeLessThan(lora.before.loss * 0.8);
  const answers = await llmJson<Evaluation>("eval", "--run", tuned, "--backend", "cpu");
  expect(answers.loss).toBeCloseTo(lora.loss, 5);

  const { child, ended } = await start(["chat", "--run", tuned, "--temperature", "0", "--backend", "cpu"], {
    input: "cats 2\n/exit\n",
  });
  expect(child.pid).toBeGreaterThan(0);
  const chat = await ended;
  expect(chat.code).toBe(0);
  expect(chat.out.trim().length).toBeGreaterThan(0);

  await llmJson("export", "--run", tuned, "--out", path("hf"));
  await llmJson("export", "--run", tuned, "--out", path("peft"), "--format", "peft");
  expect(readdirSync(path("hf")).sort()).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
  expect(readdirSync(path("peft")).sort()).toEqual([
    "adapter_config.json",
    "adapter_model.safetensors",
    "tokenizer.json",
  ]);
  // Merged and adapted models are the same function, up to rounding.
  const [merged, adapted] = [
    await llmJson<Evaluation>("eval", "--run", path("hf"), "--data", text, "--backend", "cpu"),
    await llmJson<Evaluation>("eval", "--run", tuned, "--data", text, "--backend", "cpu"),
  ];
  expectClose([merged.loss], [adapted.loss], { absolute: 1e-4, relative: 0 });
  // Fewer bits are nearly the same function, and not quite.
  for (const bits of ["8", "4"]) {
    const few = await llm("eval", "--run", path("hf"), "--data", text, "--bits", bits, "--backend", "cpu", "--json");
    expect(few.err).toMatch(new RegExp(`[1-9] layers? in ${bits} bits`));
    const { loss } = JSON.parse(few.out) as Evaluation;
    expect(loss).not.toBe(merged.loss);
    expectClose([loss], [merged.loss], { absolute: bits === "8" ? 0.005 : 0.1, relative: 0 });
  }
  const refused = await llm("generate", "--run", tuned, "--bits", "8", "--backend", "cpu");
  expect(refused).toMatchObject({ code: 1, err: expect.stringMatching(/has adapters: .*llm export/) });
}, 240_000);

test("GPT-2 without biases survives the way through Hugging Face's names, which have them", async () => {
  const folder = temporaryFolder();
  const run = join(folder, "run");
  const text = corpus(folder);
  await llmJson(
    "pretrain",
    "--data",
    text,
    "--out",
    run,
    ...small,
    "--model",
    "gpt2",
    "--no-bias",
    "--tokenizer",
    "char",
    "--steps",
    "3",
    "--sample-every",
    "0",
  );
  await llmJson("export", "--run", run, "--out", join(folder, "hf"));
  const [own, theirs] = [
    await llmJson<Evaluation>("eval", "--run", run, "--data", text, "--backend", "cpu"),
    await llmJson<Evaluation>("eval", "--run", join(folder, "hf"), "--data", text, "--backend", "cpu"),
  ];
  expectClose([theirs.loss], [own.loss], { absolute: 1e-5, relative: 0 });
  expect(JSON.parse(readFileSync(join(folder, "hf", "config.json"), "utf8")).bias).toBe(undefined);
});

test("folders, gzip and JSON Lines are text too", async () => {
  const folder = temporaryFolder();
  const text = readFileSync(corpus(folder));
  writeFileSync(join(folder, "more.txt.gz"), gzipSync(text));
  writeFileSync(join(folder, "rows.jsonl"), `${JSON.stringify({ body: "a line of its own" })}\n`.repeat(30));
  const prepare = (data: string, name: string, ...more: string[]): Promise<{ trainTokens: number }> =>
    llmJson("data", "prepare", "--data", data, "--tokenizer", "char", "--out", join(folder, name), ...more);
  const [plain, zipped, rows] = [
    await prepare(join(folder, "text.txt"), "a"),
    await prepare(join(folder, "more.txt.gz"), "b"),
    await prepare(join(folder, "rows.jsonl"), "c", "--field", "body"),
  ];
  expect(zipped.trainTokens).toBe(plain.trainTokens);
  expect(rows.trainTokens).toBe(Math.floor(30 * 17 * 0.9));
});

test("llm bench train prints what it promises", async () => {
  const result = await llmJson<Record<string, unknown>>("bench", "train", ...small, "--vocab", "65", "--steps", "3");
  expect(Object.keys(result)).toEqual([
    "backend",
    "precision",
    "parameters",
    "msPerStep",
    "tokensPerSecond",
    "flopsPerSecond",
    "peakRssBytes",
    "growth",
  ]);
  const { min, median, max } = result.msPerStep as Record<string, number>;
  expect(0 < (min as number) && (min as number) <= (median as number) && (median as number) <= (max as number)).toBe(
    true,
  );
});
