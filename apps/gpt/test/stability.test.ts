import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { measures } from "../src/stability/experiment.js";
import { defaults } from "../src/stability/settings.js";
import { llm, llmJson, temporaryFolder } from "./llm.js";

function textFile(folder: string): string {
  const path = join(folder, "text.txt");
  writeFileSync(
    path,
    Array.from({ length: 300 }, (_, i) => `line ${i}: the quick brown fox, ${(i * 7919) % 101} times.\n`).join(""),
  );
  return path;
}

const settings = (data: string, out: string, ...more: string[]): string[] =>
  `pretrain --data ${data} --out ${out} --tokenizer char --model gpt2 --layers 1 --heads 2 --dim 16 --context 16 --batch 4
    --warmup 4 --steps 60 --checkpoint-every 5 --eval-every 30 --sample-every 0`
    .split(/\s+/)
    .concat(more);

interface Step {
  step: number;
  loss: number;
  gradNorm: number;
  skipped?: true;
}

function steps(run: string): Step[] {
  const lines = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === "step");
}

const figures = (run: string): unknown[] =>
  steps(run).map(({ step, loss, gradNorm, skipped }) => [step, loss, gradNorm, skipped]);

test("skipped updates: what the guard has seen goes on with the checkpoint, to the last bit", async () => {
  const folder = temporaryFolder();
  const data = textFile(folder);
  const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
  const flags = "--spike-limit 1.5 --spike-window 8 --spike-patience 3 --z-loss 0.0001 --embedding-shrink 0.1".split(
    " ",
  );
  const run = await llm(...settings(data, whole, ...flags));
  expect([run.code, run.err]).toEqual([0, expect.stringContaining("out of line; the step was skipped")]);
  expect(steps(whole).filter(({ skipped }) => skipped).length).toBeGreaterThan(2);
  // A constant rate, so that a run that is prolonged is the same run.
  flags.push("--schedule", "constant");
  expect((await llm(...settings(data, parts, ...flags), "--steps", "25")).code).toBe(0);
  expect((await llm("pretrain", "--resume", "--out", parts, "--steps", "60")).code).toBe(0);
  const constant = join(folder, "constant");
  expect((await llm(...settings(data, constant, ...flags))).code).toBe(0);
  expect(figures(parts)).toEqual(figures(constant));
});

test("a spike goes back, reads other batches, and leaves one record for each step", async () => {
  const folder = temporaryFolder();
  const out = join(folder, "run");
  const flags = "--spike-limit 2.5 --spike-window 8 --spike-patience 1 --spike-rewind 4 --spike-skip 30".split(" ");
  const { code, err } = await llm(...settings(textFile(folder), out, ...flags));
  expect(err).toMatch(/step \d+: a spike; back to step \d+, with other batches/);
  const numbers = steps(out).map(({ step }) => step);
  expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, i) => i + 1));
  // The run ends, or says that it gave up.
  if (code !== 0) expect(err).toContain("jumped again at step");
});

test("the experiment compares measures on a text", async () => {
  const data = textFile(temporaryFolder());
  const args =
    "--optimizer adamw --layers 1 2 --dim 16 --heads 2 --context 16 --batch 2 --steps 3 --only norm --backend cpu".split(
      " ",
    );
  const { outcomes, entropy } = await llmJson<{
    entropy: number;
    outcomes: { name: string; verdict: string; lastToFirst: number; loss: { first: number; last: number } }[];
  }>("stability", "--data", data, ...args);
  const names = ["embedding norm", "QK-norm", "DeepNorm", "sandwich norm instead"];
  expect(outcomes.map(({ name }) => name)).toEqual([...names, ...names]);
  for (const { loss, lastToFirst } of outcomes) {
    expect(Math.abs(loss.first - Math.log(97))).toBeLessThan(0.3);
    expect(lastToFirst).toBeGreaterThan(0);
  }
  expect(entropy).toBeGreaterThan(2);
  expect(entropy).toBeLessThan(Math.log(97));
});

test("a Post-LN model explodes where bounded gradients, warm-up or a small rate keep it", async () => {
  const data = textFile(temporaryFolder());
  const args = "--layers 4 --dim 16 --context 16 --batch 4 --steps 30 --learning-rate 1 --backend simd".split(" ");
  const { outcomes } = await llmJson<{ outcomes: { name: string; verdict: string; loss: Record<string, number> }[] }>(
    ...["stability", "--data", data, ...args, "--only", "nothing", "clipping", "tenth", "warm-up"],
  );
  const [bare, ...kept] = outcomes;
  expect(bare).toMatchObject({ name: "nothing", verdict: "diverges" });
  // Far above the loss of no training at all.
  expect(bare?.loss.highest).toBeGreaterThan(20 * Math.log(97));
  expect(kept).toHaveLength(3);
  for (const { verdict, loss } of kept) {
    expect(verdict).not.toBe("diverges");
    expect(loss.last).toBeLessThan(0.9 * Math.log(97));
  }
});

test("the page shows both experiments as the command makes them, with all measures", () => {
  const page = readFileSync(join(import.meta.dirname, "..", "docs", "stability.md"), "utf8");
  for (const [optimizer, { steps, learningRate }] of Object.entries(defaults)) {
    const name = optimizer === "sgd" ? "SGD with momentum" : "AdamW";
    expect(page).toContain(`${steps} steps of ${name} at ${learningRate};`);
  }
  const rows = measures.map(({ name }) => page.split("\n").filter((line) => line.startsWith(`| ${name} |`)).length);
  expect(rows).toEqual(measures.map(() => 2));
});
