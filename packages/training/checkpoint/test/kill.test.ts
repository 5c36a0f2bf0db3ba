import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { latestCheckpoint, loadCheckpoint } from "../src/node.js";

const root = mkdtempSync(join(tmpdir(), "checkpoint-kill-"));
const script = join(root, "child.mjs");
let child: ChildProcess | undefined;
beforeAll(() =>
  build({
    entryPoints: [fileURLToPath(new URL("kill/child.ts", import.meta.url))],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
    conditions: ["@llm/source"],
  }),
);
afterAll(() => {
  child?.kill("SIGKILL");
  rmSync(root, { recursive: true, force: true });
});

/** Starts the child, kills it the given time after its first checkpoint, and returns the last step it had saved. */
async function runAndKill(directory: string, after: number): Promise<number> {
  const run = spawn(process.execPath, [script, directory], { stdio: ["ignore", "pipe", "inherit"] });
  child = run;
  let saved = 0;
  let planned = false;
  run.stdout.on("data", (chunk: Buffer) => {
    saved = Number(chunk.toString().trim().split("\n").at(-1));
    if (!planned) setTimeout(() => run.kill("SIGKILL"), after);
    planned = true;
  });
  const signal = await new Promise((resolve) => run.on("exit", (_, by) => resolve(by)));
  expect(signal).toBe("SIGKILL");
  return saved;
}

test("killed at any moment, the newest complete checkpoint loads and nothing saved is lost", async () => {
  const directory = join(root, "checkpoints");
  let halfWritten = 0;
  for (let round = 0; round < 10; round++) {
    const saved = await runAndKill(directory, 7 + 13 * round);
    halfWritten += readdirSync(directory).filter((name) => name.includes(".tmp-")).length;
    const { checkpoint, warnings } = await latestCheckpoint(directory);
    expect(warnings).toEqual([]);
    // The step after the one it had reported may have been in place already.
    expect([saved, saved + 1]).toContain(checkpoint?.step);
    const { tensors, optimizer, meta, step } = await loadCheckpoint(checkpoint?.path as string);
    expect([meta, tensors.size, optimizer?.size]).toEqual([{ step }, 8, 8]);
    for (const { data } of [...tensors.values(), ...(optimizer?.values() ?? [])]) {
      expect((data as Float32Array).every((value) => value === step)).toBe(true);
    }
  }
  // The kills did hit the writing, or this test has shown nothing; and what they left was tidied up by the next run.
  expect(halfWritten).toBeGreaterThan(0);
  expect(readdirSync(directory).filter((name) => name.includes(".tmp-")).length).toBeLessThanOrEqual(1);
});
