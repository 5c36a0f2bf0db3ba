import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeGGUF, encodeGGUF } from "@llm/gguf";
import { readGGUF } from "@llm/gguf/node";
import { writeHuggingFace } from "@llm/huggingface/node";
import { Llama, toHuggingFaceConfig } from "@llm/llama";
import { decodeSafetensors, encodeSafetensors, fromFloat32, type StoredTensor } from "@llm/safetensors";
import { Tokenizer, trainTokenizer } from "@llm/tokenizer";
import { memory } from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { importModel } from "../src/run/export.js";
import { llm, llmJson, temporaryFolder } from "./llm.js";

interface Inspection {
  format: string;
  metadata: Record<string, unknown>;
  tensors: { name: string; dtype: string; shape: number[]; bytes: number }[];
  parameters: number;
  bytes: number;
}

const cpu = ["--backend", "cpu"];

/** A tiny run on text of its own, and that text. */
async function tinyRun(folder: string, ...more: string[]): Promise<{ run: string; text: string }> {
  const [run, text] = [join(folder, "run"), join(folder, "text.txt")];
  const lines = Array.from(
    { length: 300 },
    (_, i) => `The ${i % 7} dogs, naïve as they were, crossed ${i % 3} hills.\n`,
  );
  writeFileSync(text, lines.join(""));
  const sizes = ["--layers", "2", "--heads", "2", "--dim", "32", "--context", "32", "--batch", "4"];
  await llmJson(
    "pretrain",
    "--data",
    text,
    "--out",
    run,
    ...sizes,
    "--steps",
    "4",
    "--sample-every",
    "0",
    ...more,
    ...cpu,
  );
  return { run, text };
}

const lossOf = async (run: string, text: string): Promise<number> =>
  (await llmJson<{ loss: number }>("eval", "--run", run, "--data", text, ...cpu)).loss;

test("a run goes out as GGUF and as shards, comes back in, and is the same model", async () => {
  const folder = temporaryFolder();
  const path = (...names: string[]): string => join(folder, ...names);
  const { run, text } = await tinyRun(folder, "--vocab", "300", "--kv-heads", "1", "--no-tied");
  const own = await lossOf(run, text);

  const inRun = await llmJson<Inspection>("inspect", run);
  expect(inRun).toMatchObject({ format: "run", metadata: { model_type: "llama", checkpoint: "step-00000004" } });

  await llmJson("export", "--run", run, "--out", path("m.gguf"), "--format", "gguf");
  const inFile = await llmJson<Inspection>("inspect", path("m.gguf"));
  expect(inFile.format).toBe("gguf");
  expect(inFile.metadata).toMatchObject({
    version: 3,
    "general.architecture": "llama",
    "llama.block_count": 2,
    "llama.attention.head_count_kv": 1,
    "tokenizer.ggml.model": "gpt2",
    "tokenizer.ggml.tokens": expect.stringMatching(/^\d+ × string$/),
  });
  expect(inFile.parameters).toBe(inRun.parameters);
  expect(inFile.tensors).toContainEqual({ name: "blk.1.attn_k.weight", dtype: "F32", shape: [16, 32], bytes: 2048 });
  await llmJson("import", path("m.gguf"), "--out", path("from-gguf"));
  expect(readdirSync(path("from-gguf")).sort()).toEqual(["config.json", "model.safetensors", "tokenizer.json"]);
  expect(await lossOf(path("from-gguf"), text)).toBe(own);
  expect(JSON.parse(readFileSync(path("from-gguf", "tokenizer.json"), "utf8"))).toEqual(
    JSON.parse(readFileSync(join(run, "tokenizer.json"), "utf8")),
  );

  const files = await llmJson<{ files: string[] }>(
    "export",
    "--run",
    run,
    "--out",
    path("hf"),
    "--dtype",
    "bf16",
    "--shard-bytes",
    "20000",
  );
  expect(files.files.filter((name) => name.includes("-of-")).length).toBeGreaterThan(1);
  const inFolder = await llmJson<Inspection>("inspect", path("hf"));
  expect(inFolder).toMatchObject({
    format: "huggingface",
    metadata: { torch_dtype: "bfloat16" },
    parameters: inRun.parameters,
  });
  expect(inFolder.bytes).toBe(2 * inRun.parameters);
  await llmJson("import", path("hf"), "--out", path("from-hf"));
  // Rounded to 8 bits of fraction.
  expect(Math.abs((await lossOf(path("from-hf"), text)) - own)).toBeLessThan(0.01);

  const prompt = ["--prompt", "The ", "--max-tokens", "8", "--temperature", "0", ...cpu];
  expect(await llmJson("generate", "--run", path("from-gguf"), ...prompt)).toEqual(
    await llmJson("generate", "--run", run, ...prompt),
  );
  writeFileSync(path("chats.jsonl"), `${JSON.stringify({ prompt: "dogs?", completion: " three" })}\n`.repeat(20));
  await llmJson(
    "finetune",
    "--base",
    path("from-gguf"),
    "--data",
    path("chats.jsonl"),
    "--out",
    path("tuned"),
    "--steps",
    "2",
    ...cpu,
  );
  // Adapters are merged on the way out.
  await llmJson("export", "--run", path("tuned"), "--out", path("tuned.gguf"), "--format", "gguf", "--dtype", "q8_0");
  const quantised = await llmJson<Inspection>("inspect", path("tuned.gguf"));
  expect(new Set(quantised.tensors.map(({ dtype }) => dtype))).toEqual(new Set(["F32", "Q8_0"]));
  expect(quantised.metadata["general.file_type"]).toBe(7);
}, 240_000);

test("characters as tokens go out and in as well", async () => {
  const folder = temporaryFolder();
  const { run, text } = await tinyRun(folder, "--tokenizer", "char", "--model", "gpt2");
  await llmJson("export", "--run", run, "--out", join(folder, "m.gguf"), "--format", "gguf");
  await llmJson("import", join(folder, "m.gguf"), "--out", join(folder, "back"));
  expect(await lossOf(join(folder, "back"), text)).toBeCloseTo(await lossOf(run, text), 6);

  const file = await readGGUF(join(folder, "m.gguf"));
  expect(file.metadata.get("tokenizer.ggml.merges")?.value).toEqual(["Ã ¯"]);
  await file.close();
  const { code, out } = await llm("inspect", join(folder, "m.gguf"));
  expect(code).toBe(0);
  expect(out).toMatch(/blk {2}\S+ KiB\n {2}0 {2}.*\n {4}attn_norm/);
  expect(out).toMatch(/\n {2}1 {2}\S+ KiB as the one before\n/);
  expect(out.trim().split("\n").at(-1)).toMatch(/^\d+ tensors, [\d,]+ parameters, \d+\.\d KiB$/);
}, 240_000);

test.each([
  ["bert", { "bert.attention.causal": false, "bert.masked_lm.bias": expect.stringMatching(/^\d+ × float32$/) }],
  ["t5", { "t5.decoder_block_count": 2, "t5.tie_word_embeddings": true }],
])(
  "a %s goes out and in as well, and is the same model",
  async (model, metadata) => {
    const folder = temporaryFolder();
    const { run } = await tinyRun(folder, "--model", model, "--vocab", "300");
    const path = join(folder, "m.gguf");
    await llmJson("export", "--run", run, "--out", path, "--format", "gguf");
    const inFile = await llmJson<Inspection>("inspect", path);
    expect(inFile.metadata).toMatchObject({ "general.architecture": model, [`${model}.block_count`]: 2, ...metadata });
    await llmJson("import", path, "--out", join(folder, "back"));
    // Nothing was rounded on the way: the folder is the one that the run itself becomes.
    const file = (at: string, name: string): string => readFileSync(join(folder, at, name), "latin1");
    await llmJson("export", "--run", run, "--out", join(folder, "hf"), "--format", "hf");
    expect(file("back", "model.safetensors") === file("hf", "model.safetensors")).toBe(true);
    for (const name of ["config.json", "tokenizer.json"])
      expect(JSON.parse(file("back", name))).toEqual(JSON.parse(file("hf", name)));
  },
  240_000,
);

test("a foreign model that is damaged or lies is refused, and nothing is written", async () => {
  const folder = temporaryFolder();
  const [good, out] = [join(folder, "good"), join(folder, "out")];
  const model = new Llama({ vocabSize: 257, maxLength: 8, dim: 32, heads: 2, layers: 1 });
  const config = toHuggingFaceConfig(model.config);
  const tensors = new Map(
    [...model.namedParameters()].map(([name, t]) => [name, fromFloat32(t.dataSync<"float32">().slice(), t.shape)]),
  );
  model.dispose();
  const tokenizerPath = join(folder, "tokenizer.json");
  const tokenizer = await trainTokenizer(["a"], { kind: "bpe", vocabSize: 257, specialTokens: ["<|endoftext|>"] });
  writeFileSync(tokenizerPath, JSON.stringify(tokenizer));
  await writeHuggingFace(good, { config, tensors, tokenizerPath });
  const weights = readFileSync(join(good, "model.safetensors"));

  const attempt = async (change: (copy: string) => void): Promise<string> => {
    const copy = join(temporaryFolder(), "model");
    cpSync(good, copy, { recursive: true });
    change(copy);
    const error = await importModel(copy, { out, dtype: "f32" }).then(
      () => new Error("nothing was wrong"),
      (reason: Error) => reason,
    );
    expect(existsSync(out)).toBe(false);
    return error.message;
  };
  const configured = (values: object) => (copy: string) =>
    writeFileSync(join(copy, "config.json"), JSON.stringify({ ...config, ...values }));
  const changed = (change: (tensors: Map<string, StoredTensor>) => void) => (copy: string) => {
    const copied = decodeSafetensors(new Uint8Array(weights)).tensors;
    change(copied);
    writeFileSync(join(copy, "model.safetensors"), encodeSafetensors(copied));
  };
  const norm = (copied: Map<string, StoredTensor>): Float32Array =>
    copied.get("model.norm.weight")?.data as Float32Array;
  const before = memory().numTensors;
  expect(await attempt(configured({ num_hidden_layers: 1e9 }))).toContain("parameters, but the file holds");
  expect(await attempt(configured({ max_position_embeddings: 1e12 }))).toContain("positions; at most");
  expect(await attempt(configured({ model_type: "mamba" }))).toContain('"mamba" are not known');
  expect(await attempt(configured({ hidden_size: "32" }))).toContain('hidden_size must be a number, got "32"');
  expect(await attempt((copy) => writeFileSync(join(copy, "model.safetensors"), weights.subarray(0, -1)))).toContain(
    "cut off",
  );
  expect(await attempt((copy) => rmSync(join(copy, "tokenizer.json")))).toContain("has no tokenizer.json");
  expect(await attempt((copy) => writeFileSync(join(copy, "tokenizer.json"), "{}"))).toContain("tokenizer.json");
  expect(await attempt(changed((copied) => norm(copied).fill(Number.NaN, 3)))).toContain(
    'tensor "model.norm.weight": element 3 of 32 is NaN or infinite',
  );
  expect(await attempt(changed((copied) => copied.set("x.weight", fromFloat32(norm(copied), [32]))))).toContain(
    "the model has no parameter x.weight",
  );
  expect(
    await attempt(changed((copied) => copied.set("model.norm.weight", fromFloat32(norm(copied), [2, 16])))),
  ).toContain("model.norm.weight has shape [2,16] in the file, the model has [32]");
  expect(memory().numTensors).toBe(before);
  const { code, err } = await llm("inspect", join(folder, "nowhere"));
  expect([code, err]).toEqual([1, `llm: there is no ${join(folder, "nowhere")}\n`]);
}, 120_000);

test.each([
  ["character-bpe", "llama", "llama"],
  ["unigram", "t5", "t5"],
  ["wordpiece", "bert", "bert"],
] as const)(
  "a run with a tokenizer of the kind %s goes out as llama.cpp's %s, and in without its own file",
  async (kind, stored, model) => {
    const folder = temporaryFolder();
    const path = (name: string): string => join(folder, name);
    const text = Array.from({ length: 60 }, (_, i) => `The ${i % 7} dogs, naïve as they were, crossed ${i} hills.`);
    const tokenizer = await trainTokenizer(text, { kind, vocabSize: 420, specialTokens: ["<|endoftext|>"] });
    writeFileSync(path("tokenizer.json"), JSON.stringify(tokenizer));
    const { run } = await tinyRun(folder, "--tokenizer", path("tokenizer.json"), "--model", model);
    await llmJson("export", "--run", run, "--out", path("m.gguf"), "--format", "gguf");
    const { metadata, tensors } = decodeGGUF(new Uint8Array(readFileSync(path("m.gguf"))));
    expect(metadata.get("tokenizer.ggml.model")?.value).toBe(stored);
    // As the files of others are.
    const without = new Map([...metadata].filter(([key]) => key !== "tokenizer.huggingface.json"));
    expect(without.size).toBe(metadata.size - 1);
    writeFileSync(path("published.gguf"), encodeGGUF(without, tensors));
    await llmJson("import", path("published.gguf"), "--out", path("back"));
    const back = Tokenizer.fromJSON(readFileSync(path("back/tokenizer.json"), "utf8"));
    const sample = `${text[3]} They sang 東京, 3 times  over.`;
    expect(back.encode(sample)).toEqual(tokenizer.encode(sample));
  },
  240_000,
);
