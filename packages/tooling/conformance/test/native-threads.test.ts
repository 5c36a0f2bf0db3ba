import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Addon, nativeMachine } from "@llm/backend-native";
import { bindings, registerMachine } from "@llm/kernels";
import { available } from "@llm/testing";
import { afterAll, describe, expect, test } from "vitest";
import { sameBits } from "../src/index.js";

// The addon reads LLM_THREADS once, when it is loaded; a copy under another name is loaded anew.
const native = createRequire(import.meta.url).resolve("@llm/backend-native/package.json");
const require = createRequire(native);
const folder = mkdtempSync(join(tmpdir(), "llm-threads-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const counts = [1, 2, 3];
const machines = !available("native")
  ? []
  : counts.map((threads) => {
      const addon = (require("node-gyp-build") as { path(folder: string): string }).path(dirname(native));
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

test.skipIf(machines.length === 0)("each machine has its own number of threads", () => {
  expect(machines.map(({ threads }) => threads)).toEqual(counts);
});

describe.skipIf(machines.length === 0)("the number of threads changes no bit", () =>
  sameBits(counts.map((threads) => `native-${threads}`)),
);
