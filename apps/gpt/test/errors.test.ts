import { cpSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { llm, start, temporaryFolder } from "./llm.js";

/** Runs a command that must fail: exit code 1, one clear line, no stack, nothing on standard output. */
async function failure(...args: string[]): Promise<string> {
  const { code, out, err } = await llm(...args);
  expect(code, err).toBe(1);
  expect(out).toBe("");
  expect(err).not.toMatch(/\n\s+at /);
  return err;
}

const pretrain = (data: string, out: string, ...more: string[]): string[] => [
  "pretrain",
  "--data",
  data,
  "--out",
  out,
  "--backend",
  "cpu",
  ...more,
];

describe("settings", () => {
  test("an unknown key in a file names the nearest known one", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "run.yaml"), "learningrate: 0.1\n");
    expect(await failure(...pretrain("x.txt", join(folder, "out"), "--config", join(folder, "run.yaml")))).toContain(
      'unknown key "learningrate"; did you mean "learningRate"?',
    );
  });

  test("an unknown flag, a wrong value and a value out of range", async () => {
    expect(await failure("pretrain", "--lerning-rate", "1")).toContain("Did you mean --learning-rate?");
    expect(await failure(...pretrain("x.txt", "out", "--steps", "many"))).toContain("expected a number");
    expect(await failure(...pretrain("x.txt", "out", "--model", "mamba"))).toContain("llama, gpt2");
    expect(await failure(...pretrain("x.txt", "out", "--validation", "2"))).toContain("--validation");
    expect(await failure("pretrain", "--data", "x.txt")).toContain("--out is missing");
    expect(await failure("pretrain", "--out", "x")).toContain("--data");
  });

  test("flags win over the file, the file over the preset; the resolved settings are written", async () => {
    const folder = temporaryFolder();
    const data = join(folder, "text.txt");
    writeFileSync(data, "abcdefgh ".repeat(400));
    writeFileSync(join(folder, "run.json"), JSON.stringify({ dim: 32, steps: 7, layers: 1 }));
    const out = join(folder, "out");
    const { code, err } = await llm(
      ...pretrain(
        data,
        out,
        "--preset",
        "nanogpt-cpu",
        "--config",
        join(folder, "run.json"),
        "--steps",
        "1",
        "--eval-tokens",
        "100",
      ),
    );
    expect(code, err).toBe(0);
    const { dim, steps, layers, beta2, model } = JSON.parse(readFileSync(join(out, "run.json"), "utf8"));
    expect({ dim, steps, layers, beta2, model }).toEqual({ dim: 32, steps: 1, layers: 1, beta2: 0.99, model: "gpt2" });
  });
});

describe("text", () => {
  test("missing, empty, binary and too short text", async () => {
    const folder = temporaryFolder();
    const file = (name: string, content: string | Uint8Array): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    expect(await failure(...pretrain(join(folder, "none.txt"), join(folder, "a")))).toMatch(/none\.txt/);
    expect(await failure(...pretrain(file("empty.txt", ""), join(folder, "b")))).toMatch(/empty|no text/);
    expect(await failure(...pretrain(file("binary.txt", Uint8Array.of(65, 255, 254, 0)), join(folder, "c")))).toMatch(
      /UTF-8/,
    );
    const short = file("short.txt", "only a few words here, not more than that");
    expect(await failure(...pretrain(short, join(folder, "d"), "--tokenizer", "char", "--context", "64"))).toMatch(
      /context of 64 needs 65/,
    );
    expect(await failure("tokenizer", "decode", "--file", short, "1")).toMatch(
      /short\.txt: vocab\.txt: .*unknown token/,
    );
    const broken = file("tokenizer.json", "only text");
    expect(await failure("tokenizer", "decode", "--file", broken, "1")).toMatch(/not JSON/);
    expect(await failure("tokenizer", "decode", "--file", broken, "x1")).toMatch(/"x1" is not a token id/);
  });

  test("conversations that are none", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "bad.jsonl"), '{"prompt": "a", "completion": "b"}\n{"question": "c"}\n');
    expect(
      await failure("finetune", "--base", folder, "--data", join(folder, "bad.jsonl"), "--out", join(folder, "out")),
    ).toContain("there is no config.json in");
  });
});

describe("damaged runs", () => {
  let run = "";
  beforeAll(async () => {
    const { mkdtempSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const folder = mkdtempSync(join(tmpdir(), "llm-test-"));
    writeFileSync(join(folder, "text.txt"), "abcdefgh ijkl ".repeat(400));
    run = join(folder, "run");
    const { code, err } = await llm(
      ...pretrain(
        join(folder, "text.txt"),
        run,
        "--tokenizer",
        "char",
        "--layers",
        "1",
        "--heads",
        "1",
        "--dim",
        "8",
        "--context",
        "8",
        "--batch",
        "2",
        "--steps",
        "4",
        "--checkpoint-every",
        "2",
      ),
    );
    expect(code, err).toBe(0);
  });

  const copy = (): string => {
    const target = join(temporaryFolder(), "run");
    cpSync(run, target, { recursive: true });
    return target;
  };
  const newest = (folder: string): string =>
    join(folder, "checkpoints", readdirSync(join(folder, "checkpoints")).sort().at(-1) as string);

  test("a truncated checkpoint: the one before is used, and said so", async () => {
    const damaged = copy();
    truncateSync(join(newest(damaged), "model.safetensors"), 100);
    const { code, err } = await llm("eval", "--run", damaged, "--checkpoint", "latest", "--backend", "cpu", "--json");
    expect(code).toBe(0);
    expect(err).toContain("warning:");
  });

  test("no checkpoint at all, or of another shape", async () => {
    const damaged = copy();
    for (const name of readdirSync(join(damaged, "checkpoints")))
      truncateSync(join(damaged, "checkpoints", name, "model.safetensors"), 9);
    expect(await failure("eval", "--run", damaged, "--backend", "cpu")).toContain("no complete checkpoint");
    const other = copy();
    const config = JSON.parse(readFileSync(join(other, "config.json"), "utf8"));
    writeFileSync(join(other, "config.json"), JSON.stringify({ ...config, hidden_size: 16, head_dim: 16 }));
    expect(await failure("eval", "--run", other, "--backend", "cpu")).toMatch(
      /is of another model: .* \[.*\] has shape \[.*\] there/,
    );
  });

  test("hostile files in a Hugging Face folder", async () => {
    const folder = join(temporaryFolder(), "hf");
    mkdirSync(folder);
    for (const name of ["config.json", "tokenizer.json"]) cpSync(join(run, name), join(folder, name));
    const weights = join(folder, "model.safetensors");
    const evaluate = (): Promise<string> =>
      failure("eval", "--run", folder, "--data", join(run, "..", "text.txt"), "--backend", "cpu");
    expect(await evaluate()).toContain("neither model.safetensors nor");
    writeFileSync(weights, Uint8Array.of(255, 255, 255, 255, 255, 255, 255, 127, 1));
    expect(await evaluate()).toContain("model.safetensors");
    writeFileSync(weights, Buffer.concat([Buffer.from(BigUint64Array.of(2n).buffer), Buffer.from("{}")]));
    expect(await evaluate()).toMatch(/asks for \d+ parameters, but the file holds 0/);
    writeFileSync(join(folder, "config.json"), '{"model_type": "mamba"}');
    expect(await evaluate()).toContain('"mamba" are not known');
  });
});

test("a closed pipe is no error, and help is worth reading on every verb", async () => {
  for (const verb of [
    ["demo"],
    ["tokenizer", "train"],
    ["tokenizer", "encode"],
    ["tokenizer", "decode"],
    ["data", "prepare"],
    ["pretrain"],
    ["finetune"],
    ["eval"],
    ["generate"],
    ["chat"],
    ["export"],
    ["bench", "train"],
  ]) {
    const { code, out } = await llm(...verb, "--help");
    expect(code).toBe(0);
    expect(out.split("\n").length, verb.join(" ")).toBeGreaterThan(8);
  }
  const { child, ended } = await start(["pretrain", "--help"]);
  child.stdout?.destroy();
  expect((await ended).code).toBe(0);
});
