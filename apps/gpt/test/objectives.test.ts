import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expectClose } from "@llm/testing";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { resolveConfig } from "../src/config/resolve.js";
import { pretrainSchema } from "../src/config/schema.js";
import { evaluateRun } from "../src/run/evaluate.js";
import { exportRun } from "../src/run/export.js";
import { writerOf } from "../src/run/model.js";
import { pretrain } from "../src/run/pretrain.js";
import { collectText, writeText } from "../src/run/sample-text.js";
import { loadSaved } from "../src/run/saved.js";
import { llm, llmJson, temporaryFolder } from "./llm.js";

function corpus(folder: string): string {
  const path = join(folder, "text.txt");
  const line = (i: number): string => `The ${i % 7} dogs and the ${i % 5} cats went to the ${i % 3} hills. `;
  writeFileSync(path, Array.from({ length: 250 }, (_, i) => line(i)).join(""));
  return path;
}

const sizes = "--layers 1 --heads 2 --dim 16 --context 32 --batch 8 --tokenizer char --backend cpu --seed 0".split(" ");
const rate = "--learning-rate 0.02 --warmup 5 --schedule constant --eval-tokens 700 --sample-every 0".split(" ");

const command = (text: string, run: string, ...more: string[]): string[] => [
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
  const refused = await llm(...command(text, run, "--model", "bert", "--objective", "causal"));
  expect(refused.code).toBe(1);
  expect(refused.err).toContain('a bert cannot learn by "causal"; it can by masked (its own), whole-word-masked');
  expect(existsSync(run)).toBe(false);
  const unknown = await llm(...command(text, run, "--objective", "denoising"));
  expect(unknown.code).toBe(1);
  expect(unknown.err).toContain("causal, prefix, masked, whole-word-masked, span-corruption");
});

// In this process: eight runs with everything after them would be forty starts of the command.
describe.each([
  ["llama", "prefix"],
  ["gpt2", "span-corruption"],
  ["falcon", "ul2"],
  ["chatglm", "sentence-infilling"],
  ["chatglm", "prefix"],
  ["bert", "whole-word-masked"],
  ["t5", "ul2"],
  ["t5", "prefix"],
] as const)("--model %s --objective %s", (model, objective) => {
  test("learns, says what it learned by, and is evaluated, exported and asked to write by that", async () => {
    const quiet = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    onTestFinished(() => quiet.mockRestore());
    const folder = temporaryFolder();
    const [text, run, hf] = [corpus(folder), join(folder, "run"), join(folder, "hf")];
    const small = { layers: 1, heads: 2, dim: 16, context: 32, batch: 8, tokenizer: "char", seed: 0, sampleEvery: 0 };
    const steps = { steps: 30, warmup: 5, learningRate: 0.02, schedule: "constant", evalEvery: 30, evalTokens: 700 };
    const given = { data: [text], model, objective, ...small, ...steps };
    const trained = await pretrain(resolveConfig(pretrainSchema, [["test", given]]), run);
    expect(trained.evaluation.loss).toBeLessThan(0.92 * trained.before.loss);
    expect(readJson(run, "run.json").objective).toBe(objective);
    expect(readJson(run, "config.json").training_objective).toBe(objective);

    // The same masks fall by the same seed, so the loss is the one that training ended with; a folder of weights has seed 0.
    const how = { batch: 8, tokens: 700, checkpoint: "latest" } as const;
    const own = await evaluateRun({ run, ...how });
    expectClose([own.loss], [trained.evaluation.loss], { absolute: 1e-6, relative: 0 });
    expect(own.bitsPerByte).toBe(undefined);
    await exportRun({ run, out: hf, format: "hf", checkpoint: "latest" });
    const [loaded, kept] = [hf, run].map((each) => evaluateRun({ run: each, data: [text], ...how }));
    expectClose([(await loaded)?.loss ?? 0], [(await kept)?.loss ?? 1], { absolute: 1e-5, relative: 0 });

    const saved = await loadSaved(run, "latest");
    const ids = saved.tokenizer.encode("The 3 dogs");
    const writer = writerOf(saved.model, saved.architecture, { tokenizer: saved.tokenizer, ids });
    expect(writer === undefined).toBe(model === "bert");
    if (writer) expect(typeof (await collectText(writeText(writer, saved.tokenizer, { maxTokens: 8 })))).toBe("string");
    writer?.dispose?.();
    saved.model.dispose();
  }, 60_000);
});

test("a model's own objective is written down too, and a run keeps its objective when it goes on", async () => {
  const folder = temporaryFolder();
  const text = corpus(folder);
  const [own, whole, parts] = ["own", "whole", "parts"].map((name) => join(folder, name)) as [string, string, string];
  await llmJson(...command(text, own, "--steps", "1"));
  expect(readJson(own, "run.json").objective).toBe("causal");
  expect(readJson(own, "config.json").training_objective).toBe(undefined);

  const flags = ["--objective", "prefix"];
  const once = await llmJson<Trained>(...command(text, whole, ...flags, "--steps", "12"));
  await llmJson(...command(text, parts, ...flags, "--steps", "6"));
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
  await llmJson(
    ...command(
      text,
      base,
      "--objective",
      "ul2",
      "--context",
      "64",
      "--tokenizer",
      "bpe",
      "--vocab",
      "300",
      "--steps",
      "2",
    ),
  );
  const tuning = ["finetune", "--base", base, "--data", data, "--out", chat, "--method", "full", "--backend", "cpu"];
  const { code, err } = await llm(...tuning, "--steps", "2", "--format", "plain");
  expect([code, err]).toEqual([0, expect.any(String)]);
  expect(readJson(chat, "config.json").training_objective).toBe("ul2");
  const evaluated = await llmJson<{ loss: number }>("eval", "--run", chat, "--backend", "cpu");
  expect(Number.isFinite(evaluated.loss)).toBe(true);

  const masked = join(folder, "masked");
  await llmJson(...command(text, masked, "--model", "bert", "--steps", "1"));
  const refused = await llm(...["finetune", "--base", masked, "--data", data, "--out", join(folder, "no")]);
  expect(refused.err).toContain("a bert cannot be tuned on conversations");
});
