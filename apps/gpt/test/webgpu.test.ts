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

const sizes = "--tokenizer char --layers 1 --heads 2 --kv-heads 1 --dim 16 --context 16 --batch 2".split(" ");

async function llm(...args: string[]): Promise<string> {
  const { ended } = await start(args, { cwd });
  const { code, out, err } = await ended;
  expect(code, err).toBe(0);
  expect(err).not.toMatch(/validation:|Invalid /);
  return out;
}

async function losses(backend: string, folder: string): Promise<number[]> {
  const [data, out] = [join(import.meta.dirname, "webgpu.test.ts"), join(folder, backend)];
  await llm(
    "pretrain",
    "--data",
    data,
    ...sizes,
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

it.skipIf(!here)("trains, evaluates and generates on webgpu as on the cpu", { timeout: 240_000 }, async () => {
  const folder = temporaryFolder();
  const [gpu, cpu] = [await losses("webgpu", folder), await losses("cpu", folder)];
  expect(gpu).toHaveLength(7);
  expectClose(gpu, cpu, { absolute: 0, relative: 1e-5 });

  const run = join(folder, "webgpu");
  const generate = ["generate", "--run", run, "--prompt", "const", "--max-tokens", "8", "--temperature", "0"];
  expect(await llm(...generate, "--backend", "webgpu")).toBe(await llm(...generate, "--backend", "cpu"));
});
