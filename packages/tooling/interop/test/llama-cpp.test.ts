// llama.cpp loads what we write, and computes what we compute.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Bloom, toGGUF as bloomToGGUF, toGGUFConfig as bloomToGGUFConfig } from "@llm/bloom";
import { ChatGLM2, chatglm2ToGGUF, chatglm2ToGGUFConfig } from "@llm/chatglm";
import type { Decoder } from "@llm/decoder";
import { Falcon, toGGUF as falconToGGUF, toGGUFConfig as falconToGGUFConfig } from "@llm/falcon";
import type { MetadataValue, WeightDtype } from "@llm/gguf";
import { readGGUF } from "@llm/gguf/node";
import { GPT2, toGGUF as gpt2ToGGUF, toGGUFConfig as gpt2ToGGUFConfig } from "@llm/gpt2";
import {
  Llama,
  type LlamaConfig,
  fromGGUF as llamaFromGGUF,
  fromGGUFConfig as llamaFromGGUFConfig,
  toGGUF as llamaToGGUF,
  toGGUFConfig as llamaToGGUFConfig,
} from "@llm/llama";
import { available } from "@llm/testing";
import { type Tokenizer, trainTokenizer } from "@llm/tokenizer";
import { loadWeights } from "@llm/weights";
import { softmax, type Tensor, tensor2d, tidy } from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type LlamaCpp, loadLlamaCpp, scaled } from "../src/index.js";
import { text, written } from "./files.js";

const root = mkdtempSync(join(tmpdir(), "interop-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const PROMPTS = 20;
const STEPS = 32;
const PROMPT_IDS = 7;

interface Case {
  name: string;
  make(vocabSize: number): Decoder;
  convert(state: ReadonlyMap<string, Tensor>, model: Decoder): Map<string, Tensor>;
  metadata(model: Decoder): Map<string, MetadataValue>;
}
const sizes = { maxLength: 64, dim: 64, heads: 4, layers: 2 };
const llama = (name: string, more: Partial<LlamaConfig>): Case => ({
  name,
  make: (vocabSize) => new Llama({ vocabSize, ...sizes, hiddenDim: 96, ...more }),
  convert: (state, model) => llamaToGGUF(state, (model as Llama).config),
  metadata: (model) => llamaToGGUFConfig((model as Llama).config),
});
const cases: Case[] = [
  llama("llama", {}),
  llama("llama with shared keys and values, tied", { kvHeads: 2, tied: true, ropeBase: 500000 }),
  llama("llama with Llama 3's rotations", {
    headDim: 32,
    ropeScaling: { kind: "llama3", factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 4, originalLength: 8192 },
  }),
  llama("llama with Llama 3's rotations of a short original context", {
    headDim: 32,
    ropeScaling: { kind: "llama3", factor: 8, lowFrequencyFactor: 1, highFrequencyFactor: 8, originalLength: 32 },
  }),
  llama("llama with slower rotations", { ropeScaling: { kind: "linear", factor: 4 } }),
  llama("llama with yarn", { headDim: 32, ropeScaling: { kind: "yarn", factor: 8, originalLength: 32 } }),
  llama("llama with yarn of another magnitude", {
    headDim: 32,
    ropeScaling: { kind: "yarn", factor: 4, originalLength: 64, magnitude: 1.5 },
  }),
  {
    name: "gpt2",
    make: (vocabSize) => new GPT2({ vocabSize, ...sizes }),
    convert: gpt2ToGGUF,
    metadata: (model) => gpt2ToGGUFConfig((model as GPT2).config),
  },
  {
    name: "gpt2 without biases",
    make: (vocabSize) => new GPT2({ vocabSize, ...sizes, bias: false }),
    convert: gpt2ToGGUF,
    metadata: (model) => gpt2ToGGUFConfig((model as GPT2).config),
  },
  ...(["shared", "separate"] as const).map((norms) => ({
    name: `falcon with ${norms} norms`,
    make: (vocabSize: number) => new Falcon({ vocabSize, ...sizes, norms, kvHeads: norms === "shared" ? 1 : 2 }),
    convert: (state: ReadonlyMap<string, Tensor>, model: Decoder) => falconToGGUF(state, (model as Falcon).config),
    metadata: (model: Decoder) => falconToGGUFConfig((model as Falcon).config),
  })),
  {
    name: "bloom",
    make: (vocabSize) => new Bloom({ vocabSize, ...sizes }),
    convert: bloomToGGUF,
    metadata: (model) => bloomToGGUFConfig((model as Bloom).config),
  },
  {
    name: "chatglm2",
    make: (vocabSize) => new ChatGLM2({ vocabSize, ...sizes, hiddenDim: 96 }),
    convert: (state, model) => chatglm2ToGGUF(state, (model as ChatGLM2).config),
    metadata: (model) => chatglm2ToGGUFConfig((model as ChatGLM2).config),
  },
];

/** Probabilities [row, V] of the next token after each row. */
function nextProbabilities(logits: Tensor): Float32Array[] {
  const [rows = 0, , vocabSize = 0] = logits.shape;
  const all = tidy(() => softmax(logits).dataSync<"float32">().slice());
  return Array.from({ length: rows }, (_, i) => all.subarray(i * vocabSize, (i + 1) * vocabSize));
}

/** Greedy continuations of all prompts at once, and the probabilities at each step. */
function continueGreedily(model: Decoder, prompts: number[][]): { ids: number[][]; probabilities: Float32Array[][] } {
  const cache = model.createCache();
  const ids: number[][] = prompts.map(() => []);
  const probabilities: Float32Array[][] = prompts.map(() => []);
  let given = prompts;
  for (let step = 0; step < STEPS; step++) {
    const rows = tidy(() =>
      nextProbabilities(model.forward(tensor2d(given, undefined, "int32"), { cache, logits: "last" })),
    );
    given = rows.map((row, i) => {
      probabilities[i]!.push(row);
      const likeliest = row.reduce((best, p, id) => (p > row[best]! ? id : best), 0);
      ids[i]!.push(likeliest);
      return [likeliest];
    });
  }
  cache.dispose();
  return { ids, probabilities };
}

const exported = (each: Case, model: Decoder, tokenizer: Tokenizer, dtype: WeightDtype = "F32"): Promise<string> =>
  written(join(root, `${each.name} ${dtype}.gguf`), {
    parameters: model.namedParameters(),
    convert: (state) => each.convert(state, model),
    metadata: each.metadata(model),
    vocabSize: model.vocabSize,
    ...{ tokenizer, dtype },
  });

describe.skipIf(!available("llama"))("llama.cpp", () => {
  let tokenizer: Tokenizer;
  let prompts: number[][];
  beforeAll(async () => {
    tokenizer = await trainTokenizer([text, text], { kind: "bpe", vocabSize: 320, specialTokens: ["<|endoftext|>"] });
    const ids = tokenizer.encode(text);
    prompts = Array.from({ length: PROMPTS }, (_, i) => ids.slice(i * 5, i * 5 + PROMPT_IDS));
    expect(prompts.every((prompt) => prompt.length === PROMPT_IDS)).toBe(true);
  });

  test.each(cases)("$name: the same continuations, and probabilities within 1e-3", async (each) => {
    const model = scaled(each.make(tokenizer.vocabSize)).eval() as Decoder;
    const ours = continueGreedily(model, prompts);
    const theirs = await loadLlamaCpp(await exported(each, model, tokenizer), 64);
    let worst = 0;
    for (const [i, prompt] of prompts.entries()) {
      const ids = ours.ids[i]!;
      expect(await theirs.continue(prompt, STEPS)).toEqual(ids);
      const found = await theirs.probabilities([...prompt, ...ids.slice(0, -1)], prompt.length);
      for (const [step, row] of ours.probabilities[i]!.entries()) {
        expect(found[step]!.size).toBe(model.vocabSize);
        for (const [id, p] of found[step]!) worst = Math.max(worst, Math.abs(p - row[id]!));
      }
    }
    if (process.env.LLM_DEBUG) console.log(each.name, "largest difference", worst);
    expect(worst).toBeLessThan(1e-3);
    // The model has opinions: otherwise any two programs would agree.
    const confidence = ours.probabilities.flat().map((row) => row.reduce((a, b) => Math.max(a, b), 0));
    expect(confidence.reduce((a, b) => a + b, 0) / confidence.length).toBeGreaterThan(0.1);
    await theirs.dispose();
    model.dispose();
  });

  // llama.cpp rounds activations as well, to the type that it multiplies these weights with: 16 bits, or 8 in blocks.
  test.each([
    ["F16", 1e-3],
    ["BF16", 1e-2],
    ["Q8_0", 2e-2],
    ["Q4_0", 2e-2],
  ] as const)(
    "a llama in %s: read back from its file, it computes what llama.cpp computes with it",
    async (dtype, limit) => {
      const each = cases[0]!;
      const model = scaled(each.make(tokenizer.vocabSize)).eval() as Llama;
      const path = await exported(each, model, tokenizer, dtype);
      const file = await readGGUF(path);
      const config = llamaFromGGUFConfig(file);
      expect(config).toEqual(model.config);
      const back = new Llama(config).eval();
      await loadWeights(back.namedParameters(), file, { convert: (state) => llamaFromGGUF(state, config) });
      await file.close();
      const theirs = await loadLlamaCpp(path, 64);
      const rows = tidy(() =>
        nextProbabilities(back.forward(tensor2d(prompts, undefined, "int32"), { logits: "last" })),
      );
      let total = 0;
      for (const [i, prompt] of prompts.entries()) {
        const [found] = await theirs.probabilities(prompt, prompt.length);
        total += [...found!].reduce((sum, [id, p]) => sum + Math.abs(p - rows[i]![id]!) / 2, 0);
      }
      if (process.env.LLM_DEBUG) console.log(dtype, "mean total variation", total / PROMPTS);
      expect(total / PROMPTS).toBeLessThan(limit);
      await theirs.dispose();
      model.dispose();
      back.dispose();
    },
  );

  test("tokenizers give the same ids and texts", async () => {
    const samples = [text, " two  spaces\n\n", "x\u00e9\u{1F600} \u4e1c", "<|endoftext|>a", "it's 12345 o'clock"];
    const bpe = (pattern: "gpt2" | "llama3" | "o200k") =>
      trainTokenizer([text, text], { kind: "bpe", pattern, vocabSize: 330, specialTokens: ["<|endoftext|>"] });
    const characters = await trainTokenizer([text, ...samples], { kind: "char" });
    const gpt2 = cases.find(({ name }) => name === "gpt2")!;
    for (const each of [await bpe("gpt2"), await bpe("llama3"), await bpe("o200k"), characters]) {
      const model = new GPT2({ vocabSize: each.vocabSize, ...sizes, layers: 1 });
      const theirs: LlamaCpp = await loadLlamaCpp(await exported(gpt2, model, each), 64);
      for (const sample of samples) {
        const ids = each.encode(sample, { allowedSpecial: "all" });
        expect(theirs.tokenize(sample)).toEqual(ids);
        expect(theirs.detokenize(ids)).toBe(sample);
      }
      await theirs.dispose();
      model.dispose();
    }
  });
});
