// The memory that loading a model takes, beside the model's own size.
//
//   node apps/gpt/bench/load.mjs write FOLDER [layers]           a LLaMA of 134 million parameters in the forms below
//   node apps/gpt/bench/load.mjs PATH [cpu|simd|native]          loads one of them; prints seconds and peak memory
//
// Peak memory is the process' largest resident set, minus what it was before loading.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { tokenizerToGGUF, type WeightDtype, weightTensors } from "@llm/gguf";
import { writeGGUF } from "@llm/gguf/node";
import { writeHuggingFace } from "@llm/huggingface/node";
import { llamaParameterCount, toGGUFConfig, toHuggingFaceConfig } from "@llm/llama";
import { type Dtype, fromFloat32 } from "@llm/safetensors";
import type { LazyTensor } from "@llm/safetensors/node";
import { trainTokenizer } from "@llm/tokenizer";
import { activateBackend } from "../src/backend.js";
import { loadGGUF, loadHuggingFace } from "../src/run/load.js";

const MiB = 2 ** 20;
const [target = "", argument = ""] = process.argv.slice(2);
if (target === "write") await write(argument, Number(process.argv[4] ?? 10));
else await measure(target, argument || "cpu");

async function write(folder: string, layers: number): Promise<void> {
  const config = { vocabSize: 8192, maxLength: 1024, dim: 1024, heads: 16, layers, hiddenDim: 2736 };
  const values = new Float32Array(2736 * 1024 * 4).map(() => (Math.random() - 0.5) / 20);
  const shapes = new Map<string, number[]>([["model.embed_tokens.weight", [8192, 1024]]]);
  for (let i = 0; i < layers; i++) {
    const at = `model.layers.${i}.`;
    for (const each of ["q", "k", "v", "o"]) shapes.set(`${at}self_attn.${each}_proj.weight`, [1024, 1024]);
    for (const each of ["gate", "up"]) shapes.set(`${at}mlp.${each}_proj.weight`, [2736, 1024]);
    shapes.set(`${at}mlp.down_proj.weight`, [1024, 2736]);
    for (const each of ["input", "post_attention"]) shapes.set(`${at}${each}_layernorm.weight`, [1024]);
  }
  shapes.set("model.norm.weight", [1024]).set("lm_head.weight", [8192, 1024]);
  const tokenizer = await trainTokenizer(["a"], { kind: "bpe", vocabSize: 257, specialTokens: ["<|endoftext|>"] });
  const json = JSON.parse(JSON.stringify(tokenizer));
  const lazy = (shape: number[]) =>
    values.subarray(
      0,
      shape.reduce((a, b) => a * b, 1),
    );
  for (const dtype of ["F32", "BF16"] as const) {
    const tensors = new Map(
      [...shapes].map(([name, shape]) => [
        name,
        { dtype, shape, data: () => fromFloat32(lazy(shape), shape, dtype as Dtype & "F32").data } as LazyTensor,
      ]),
    );
    const out = join(folder, dtype.toLowerCase());
    await writeHuggingFace(out, { config: toHuggingFaceConfig(config), tensors, shardBytes: 1.5e8 });
    writeFileSync(join(out, "tokenizer.json"), JSON.stringify(json));
  }
  const names: [RegExp, string][] = [
    [/^model\.embed_tokens/, "token_embd"],
    [/^model\.norm/, "output_norm"],
    [/^lm_head/, "output"],
    [/^model\.layers/, "blk"],
    [/self_attn\.([qkv])_proj/, "attn_$1"],
    [/self_attn\.o_proj/, "attn_output"],
    [/input_layernorm/, "attn_norm"],
    [/post_attention_layernorm/, "ffn_norm"],
    [/mlp\.(\w+)_proj/, "ffn_$1"],
  ];
  const weights = new Map(
    [...shapes].map(([name, shape]) => [
      names.reduce((text, [from, to]) => text.replace(from, to), name),
      { shape, values: async () => lazy(shape) },
    ]),
  );
  for (const dtype of ["F32", "Q8_0"] satisfies WeightDtype[]) {
    const metadata = toGGUFConfig(config);
    for (const [key, value] of tokenizerToGGUF(json, { vocabSize: 8192 })) metadata.set(key, value);
    await writeGGUF(join(folder, `${dtype.toLowerCase()}.gguf`), metadata, weightTensors(weights, dtype));
  }
  console.log(`${llamaParameterCount(config)} parameters`);
}

async function measure(path: string, backend: string): Promise<void> {
  await activateBackend(backend as "cpu");
  const before = process.memoryUsage().rss / MiB;
  const start = performance.now();
  let parameters = 0;
  if (path.endsWith(".gguf")) parameters = await loadGGUF(path, async ({ model }) => model.parameterCount());
  else parameters = (await loadHuggingFace(path)).model.parameterCount();
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS / 1024;
  const size = (parameters * 4) / MiB;
  const line = {
    path,
    backend,
    seconds: +seconds.toFixed(1),
    modelMiB: Math.round(size),
    peakMiB: Math.round(peak - before),
    ratio: +((peak - before) / size).toFixed(2),
  };
  console.log(JSON.stringify(line));
}
