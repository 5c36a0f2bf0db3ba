import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sameBits } from "@llm/conformance";
import { bindings, registerMachine } from "@llm/kernels";
import { afterAll, describe, expect, test } from "vitest";
import { type Addon, nativeMachine } from "../src/native.js";

// The addon reads LLM_THREADS once, when it is loaded; a copy under another name is loaded anew.
const require = createRequire(import.meta.url);
const folder = mkdtempSync(join(tmpdir(), "llm-threads-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const counts = [1, 2, 3];
const machines = counts.map((threads) => {
  const addon = (require("node-gyp-build") as { path(folder: string): string }).path(join(import.meta.dirname, ".."));
  const copy = join(folder, `threads-${threads}.node`);
  copyFileSync(addon, copy);
  const before = process.env.LLM_THREADS;
  process.env.LLM_THREADS = String(threads);
  const machine = nativeMachine(require(copy) as Addon);
  if (before === undefined) delete process.env.LLM_THREADS;
  else process.env.LLM_THREADS = before;
  registerMachine(`native-${threads}`, () => machine, bindings);
  return machine;
});

test("each machine has its own number of threads", () => {
  expect(machines.map(({ threads }) => threads)).toEqual(counts);
});

describe("the number of threads changes no bit", () => sameBits(counts.map((threads) => `native-${threads}`)));
