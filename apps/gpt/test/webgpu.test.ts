// The GPU path agrees with the CPU's, whichever adapter there is: SwiftShader, which Chromium brings, is one.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { available, expectClose } from "@llm/testing";
import { expect, it } from "vitest";
import { start, temporaryFolder } from "./llm.js";

/** The folder whose node_modules holds `webgpu` and `@tensorflow/tfjs-backend-webgpu`; too large for a dependency. */
const cwd = process.env.LLM_WEBGPU ?? "";
const here = available("webgpu", {
  probe: () => cwd !== "" && existsSync(join(cwd, "node_modules", "webgpu")),
  remedy: "npm install webgpu @tensorflow/tfjs-backend-webgpu in a folder that LLM_WEBGPU names",
});

const sizes = "--tokenizer char --layers 1 --heads 2 --dim 16 --context 16 --batch 2".split(" ");
// ChatGLM looks for special tokens among the ids, which must not be read back to do so.
const models = { llama: ["--kv-heads", "1"], chatglm: [] } as const;

async function llm(...args: string[]): Promise<string> {
  const { ended } = await start(args, { cwd });
  const { code, out, err } = await ended;
  expect(code, err).toBe(0);
  expect(err).not.toMatch(/validation:|Invalid /);
  return out;
}

async function losses(model: keyof typeof models, backend: string, folder: string): Promise<number[]> {
  const [data, out] = [join(import.meta.dirname, "webgpu.test.ts"), join(folder, backend)];
  await llm(
    "pretrain",
    "--data",
    data,
    ...["--model", model],
    ...[...sizes, ...models[model]],
    "--steps",
    "4",
    "--eval-every",
    "2",
    "--backend",
    backend,
    "--out",
    out,
  );
  const lines = readFileSync(join(out, "metrics.jsonl"), "utf8").trim().split("\n");
  return lines.map((line) => JSON.parse(line).loss).filter((loss) => loss !== undefined);
}

const agrees = "%s trains, evaluates and generates on webgpu as on the cpu";
it.skipIf(!here).each(["llama", "chatglm"] as const)(agrees, { timeout: 240_000 }, async (model) => {
  const folder = temporaryFolder();
  const [gpu, cpu] = [await losses(model, "webgpu", folder), await losses(model, "cpu", folder)];
  expect(gpu).toHaveLength(7);
  expectClose(gpu, cpu, { absolute: 0, relative: 1e-5 });

  const run = join(folder, "webgpu");
  const generate = ["generate", "--run", run, "--prompt", "const", "--max-tokens", "8", "--temperature", "0"];
  expect(await llm(...generate, "--backend", "webgpu")).toBe(await llm(...generate, "--backend", "cpu"));
});
