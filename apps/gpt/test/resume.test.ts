import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { llm, start, temporaryFolder } from "./llm.js";

interface Record {
  kind: string;
  step: number;
  loss: number;
  gradNorm: number;
}

const STEPS = 40;

function text(folder: string): string {
  const path = join(folder, "text.txt");
  writeFileSync(
    path,
    Array.from({ length: 300 }, (_, i) => `line ${i}: the quick brown fox, ${(i * 7919) % 101} times.\n`).join(""),
  );
  return path;
}

const settings = (data: string, out: string): string[] => [
  "pretrain",
  "--data",
  data,
  "--out",
  out,
  "--tokenizer",
  "char",
  "--model",
  "gpt2",
  "--layers",
  "1",
  "--heads",
  "2",
  "--dim",
  "16",
  "--context",
  "16",
  "--batch",
  "4",
  "--accumulate",
  "2",
  "--dropout",
  "0.1",
  "--steps",
  `${STEPS}`,
  "--warmup",
  "4",
  "--checkpoint-every",
  "5",
  "--eval-every",
  "20",
  "--sample-every",
  "0",
];

/** Step → [loss, gradient norm], exactly as printed. */
function curve(run: string): Map<number, string> {
  const lines = readFileSync(join(run, "metrics.jsonl"), "utf8").trim().split("\n");
  const records = lines.map((line) => JSON.parse(line) as Record).filter(({ kind }) => kind === "step");
  expect(records.map(({ step }) => step)).toEqual(Array.from({ length: records.length }, (_, i) => i + 1));
  return new Map(records.map(({ step, loss, gradNorm }) => [step, `${loss} ${gradNorm}`]));
}

test("kill -9 at any moment, then --resume: the same curve to the last bit", async () => {
  const folder = temporaryFolder();
  const data = text(folder);
  const [whole, killed] = [join(folder, "whole"), join(folder, "killed")];
  expect((await llm(...settings(data, whole))).code).toBe(0);

  const { child, ended } = await start([...settings(data, killed), "--steps", `${STEPS}`]);
  // Not at a checkpoint: after one was written and some further steps were taken.
  while (readSteps(killed) < 13) await sleep(5);
  child.kill("SIGKILL");
  expect((await ended).code).toBe(null);
  expect(readSteps(killed)).toBeLessThan(STEPS);

  const resumed = await llm("pretrain", "--resume", "--out", killed);
  expect(resumed.err).toMatch(/resuming at step (10|15|20|25|30|35)/);
  expect(resumed.code).toBe(0);
  expect(curve(killed)).toEqual(curve(whole));
  expect(curve(whole).size).toBe(STEPS);
});

function readSteps(run: string): number {
  try {
    return readFileSync(join(run, "metrics.jsonl"), "utf8")
      .split("\n")
      .filter((line) => line.includes('"step",')).length;
  } catch {
    return 0;
  }
}

test("Ctrl-C saves and says how to go on; going on continues", async () => {
  const folder = temporaryFolder();
  const run = join(folder, "run");
  const args = settings(text(folder), run);
  args[args.indexOf("--steps") + 1] = "100000";
  const { child, ended } = await start(args);
  while (readSteps(run) < 7) await sleep(5);
  child.kill("SIGINT");
  const { code, err } = await ended;
  expect(code).toBe(130);
  expect(err).toContain(`llm pretrain --resume --out ${run}`);
  const done = readSteps(run);
  const resumed = await llm("pretrain", "--resume", "--out", run, "--steps", `${done + 3}`);
  expect(resumed.err).toContain(`resuming at step ${done} of ${done + 3}`);
  expect(curve(run).size).toBe(done + 3);
});

test("what would make it another run is refused on --resume", async () => {
  const folder = temporaryFolder();
  const run = join(folder, "run");
  const args = settings(text(folder), run);
  args[args.indexOf("--steps") + 1] = "5";
  expect((await llm(...args)).code).toBe(0);
  const other = await llm("pretrain", "--resume", "--out", run, "--dim", "32");
  expect(other.code).toBe(1);
  expect(other.err).toContain("dim cannot change when a run is resumed: it is 16, got 32");
  const again = await llm(...args);
  expect(again.code).toBe(1);
  expect(again.err).toContain("use --resume to go on with that run");
  expect((await llm("pretrain", "--resume", "--out", join(folder, "nothing"))).err).toContain(
    "there is no run to resume",
  );
});
