import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { llm, llmJson, start, temporaryFolder } from "./llm.js";

const corpus = Array.from({ length: 60 }, (_, i) => `Line ${i}: the quick brown fox, Привет мир, 你好世界.\n`).join("");
const text = "the quick fox, мир 世界 12<|endoftext|>";

test("every kind is trained, and every format gives the same ids again", async () => {
  const folder = temporaryFolder();
  const path = (name: string): string => join(folder, name);
  writeFileSync(path("text.txt"), corpus);
  writeFileSync(path("input.txt"), text);
  const encode = async (...source: string[]): Promise<number[]> =>
    (await llmJson<{ ids: number[] }>("tokenizer", "encode", ...source, text)).ids;
  const formats = {
    bpe: ["vocab.json", "b.tiktoken"],
    unigram: ["u.model"],
    "character-bpe": ["c.model"],
    wordpiece: ["vocab.txt"],
  };
  for (const [kind, others] of Object.entries(formats)) {
    const file = path(`${kind}.json`);
    await llmJson("tokenizer", "train", "--kind", kind, "--data", path("text.txt"), "--vocab", "400", "--out", file);
    const ids = await encode("--file", file);
    const { text: decoded } = await llmJson<{ text: string }>("tokenizer", "decode", "--file", file, ids.join(","));
    if (kind !== "wordpiece") expect(decoded).toBe(text);
    for (const other of others) {
      await llmJson("tokenizer", "convert", "--file", file, "--out", path(other));
      const source = other.endsWith(".tiktoken")
        ? ["--tiktoken", path(other), "--pattern", "gpt2"]
        : ["--file", path(other)];
      // BERT's vocab.txt does not say that <|endoftext|> is special; as text both cut it alike.
      expect(await encode(...source), other).toEqual(ids);
    }
  }
  const file = ["--file", path("bpe.json")];
  const fromInput = await llmJson<{ ids: number[] }>("tokenizer", "encode", ...file, "--input", path("input.txt"));
  expect(fromInput.ids).toEqual(await encode(...file));
  const piped = await (await start(["tokenizer", "encode", ...file, "--json"], { input: text })).ended;
  expect(JSON.parse(piped.out)).toEqual(fromInput);
  const special = await encode(...file, "--special");
  expect(special.length).toBeLessThan(fromInput.ids.length);
  const inspected = await llmJson<{ total: { tokens: number; bytes: number } }>("tokenizer", "inspect", ...file, text);
  expect(inspected.total).toMatchObject({ tokens: fromInput.ids.length, bytes: new TextEncoder().encode(text).length });
  const shown = await llm("tokenizer", "inspect", ...file, text);
  expect(shown.out).toMatch(/script +bytes +tokens/);
}, 120_000);

test("what cannot be is said in one line", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "x.tiktoken"), "nonsense");
  writeFileSync(join(folder, "x.model"), "nonsense");
  const fails = async (...args: string[]): Promise<string> => {
    const { code, err } = await llm("tokenizer", ...args);
    expect(code).toBe(1);
    expect(err).not.toMatch(/\n\s+at /);
    return err;
  };
  expect(await fails("encode", "x")).toContain("say which tokenizer");
  expect(await fails("encode", "--tiktoken", join(folder, "x.tiktoken"), "x")).toContain("--pattern");
  expect(await fails("encode", "--tiktoken", join(folder, "x.tiktoken"), "--pattern", "gpt2", "x")).toContain("line 1");
  expect(await fails("encode", "--file", join(folder, "x.model"), "x")).toContain("sentencepiece");
});

test("the page of known models is what the command prints", async () => {
  const page = readFileSync(new URL("../docs/tokenizers.md", import.meta.url), "utf8");
  expect((await llm("tokenizer", "compare")).out).toBe(page);
});
