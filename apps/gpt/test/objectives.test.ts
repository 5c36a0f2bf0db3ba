import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectClose } from "@llm/testing";
import { describe, expect, test } from "vitest";
import { llm, llmJson, temporaryFolder } from "./llm.js";

function corpus(folder: string): string {
  const path = join(folder, "text.txt");
  const line = (i: number): string => `The ${i % 7} dogs and the ${i % 5} cats went to the ${i % 3} hills. `;
  writeFileSync(path, Array.from({ length: 250 }, (_, i) => line(i)).join(""));
  return path;
}

const sizes = "--layers 1 --heads 2 --dim 16 --context 32 --batch 8 --tokenizer char --backend cpu --seed 0".split(" ");
const rate = "--learning-rate 0.02 --warmup 5 --schedule constant --eval-tokens 700 --sample-every 0".split(" ");

const pretrain = (text: string, run: string, ...more: string[]): string[] => [
  ...["pretrain", "--data", text, "--out", run, ...sizes, ...rate],
  ...more,
];

interface Trained {
  loss: number;
  before: { loss: number };
}

const readJson = (...path: string[]): Record<string, unknown> => JSON.parse(readFileSync(join(...path), "utf8"));

test("--help names the objectives of each model, its own first", async () => {
  const { out } = await llm("pretrain", "--help");
  expect(out).toMatch(/--objective <value>\s+what it learns by/);
  expect(out).toMatch(/llama +causal, prefix, span-corruption, ul2\n/);
  expect(out).toMatch(/bloom +causal\n/);
  expect(out).toMatch(/chatglm +blank-infilling, sentence-infilling, causal, prefix\n/);
  expect(out).toMatch(/bert +masked, whole-word-masked\n/);
  expect(out).toMatch(/t5 +span-corruption, ul2, prefix\n/);
});

test("what a model cannot learn by is refused before anything is written", async () => {
  const folder = temporaryFolder();
  const [text, run] = [corpus(folder), join(folder, "run")];
  const refused = await llm(...pretrain(text, run, "--model", "bert", "--objective", "causal"));
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('a bert cannot learn by "causal"; it can by masked (its own), whole-word-masked');
  expect(existsSync(run)).toBe(false);
  const unknown = await llm(...pretrain(text, run, "--objective", "denoising"));
  expect(unknown.code).toBe(1);
  expect(unknown.err).toContain("causal, prefix, masked, whole-word-masked, span-corruption");
});

describe.each([
  ["llama", "prefix"],
  ["gpt2", "span-corruption"],
  ["falcon", "ul2"],
  ["chatglm", "sentence-infilling"],
  ["chatglm", "prefix"],
  ["bert", "whole-word-masked"],
  ["t5", "ul2"],
  ["t5", "prefix"],
] as const)("llm pretrain --model %s --objective %s", (model, objective) => {
  test("learns, says what it learned by, and is evaluated, exported and asked to write by that", async () => {
    const folder = temporaryFolder();
    const [text, run, hf] = [corpus(folder), join(folder, "run"), join(folder, "hf")];
    const flags = ["--model", model, "--objective", objective, "--steps", "30", "--eval-every", "30"];
    const trained = await llmJson<Trained>(...pretrain(text, run, ...flags));
    expect(trained.loss).toBeLessThan(0.92 * trained.before.loss);
    expect(readJson(run, "run.json").objective).toBe(objective);
    expect(readJson(run, "config.json").training_objective).toBe(objective);

    // The same masks fall by the same seed, so the loss is the one that training ended with; a folder of weights has seed 0.
    const evaluate = async (folder: string): Promise<{ loss: number; bitsPerByte?: number }> =>
      llmJson("eval", "--run", folder, "--data", text, "--tokens", "700", "--batch", "8", "--backend", "cpu");
    const own = await llmJson<{ loss: number; bitsPerByte?: number }>(
      ...["eval", "--run", run, "--tokens", "700", "--batch", "8", "--backend", "cpu"],
    );
    expectClose([own.loss], [trained.loss], { absolute: 1e-6, relative: 0 });
    expect(own.bitsPerByte).toBe(undefined);
    await llmJson("export", "--run", run, "--out", hf);
    expectClose([(await evaluate(hf)).loss], [(await evaluate(run)).loss], { absolute: 1e-5, relative: 0 });

    const written = await llm(
      ...["generate", "--run", run, "--prompt", "The 3 dogs", "--max-tokens", "8", "--backend", "cpu"],
    );
    if (model === "bert") expect(written.err).toContain("does not write text");
    else expect([written.code, written.out.startsWith("The 3 dogs")]).toEqual([0, true]);
  }, 120_000);
});

test("a model's own objective is written down too, and a run keeps its objective when it goes on", async () => {
  const folder = temporaryFolder();
  const text = corpus(folder);
  const [own, whole, parts] = ["own", "whole", "parts"].map((name) => join(folder, name)) as [string, string, string];
  await llmJson(...pretrain(text, own, "--steps", "1"));
  expect(readJson(own, "run.json").objective).toBe("causal");
  expect(readJson(own, "config.json").training_objective).toBe(undefined);

  const flags = ["--objective", "prefix"];
  const once = await llmJson<Trained>(...pretrain(text, whole, ...flags, "--steps", "12"));
  await llmJson(...pretrain(text, parts, ...flags, "--steps", "6"));
  const other = await llm("pretrain", "--resume", "--out", parts, "--objective", "causal");
  expect(other.err).toContain('objective cannot change when a run is resumed: it is "prefix", got "causal"');
  const twice = await llmJson<Trained>("pretrain", "--resume", "--out", parts, ...flags, "--steps", "12");
  expect(twice.loss).toBe(once.loss);
});

test("fine-tuning goes on with what the base has learned by", async () => {
  const folder = temporaryFolder();
  const text = corpus(folder);
  const [base, chat, data] = ["base", "chat", "chats.jsonl"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const turn = (i: number): string => JSON.stringify({ prompt: `The ${i % 7} dogs`, completion: `the ${i % 5} cats` });
  writeFileSync(data, Array.from({ length: 20 }, (_, i) => turn(i)).join("\n"));
  await llmJson(...pretrain(text, base, "--objective", "ul2", "--context", "64", "--steps", "2"));
  const tuning = ["finetune", "--base", base, "--data", data, "--out", chat, "--method", "full", "--backend", "cpu"];
  const { code, err } = await llm(...tuning, "--steps", "2", "--format", "plain");
  expect([code, err]).toEqual([0, expect.any(String)]);
  expect(readJson(chat, "config.json").training_objective).toBe("ul2");
  const evaluated = await llmJson<{ loss: number }>("eval", "--run", chat, "--backend", "cpu");
  expect(Number.isFinite(evaluated.loss)).toBe(true);

  const masked = join(folder, "masked");
  await llmJson(...pretrain(text, masked, "--model", "bert", "--steps", "1"));
  const refused = await llm(...["finetune", "--base", masked, "--data", data, "--out", join(folder, "no")]);
  expect(refused.err).toContain("a bert cannot be tuned on conversations");
});
