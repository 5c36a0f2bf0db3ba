// Runs the real command in a process of its own, from a bundle made once per test run.

import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { onTestFinished } from "vitest";

const app = fileURLToPath(new URL("..", import.meta.url));
// Inside node_modules, so that the bundle finds the app's dependencies.
const bundle = join(app, "node_modules", ".cache-llm-test", `cli-${process.pid}.js`);
let built: Promise<unknown> | undefined;

/** How the command ended. */
export interface Ended {
  code: number | null;
  out: string;
  err: string;
}

/** Starts `llm ARGS`; `ended` resolves when it is over. */
export async function start(
  args: readonly string[],
  { input = "", env = {}, cwd }: { input?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<{ child: ChildProcess; ended: Promise<Ended> }> {
  built ??= build({
    entryPoints: [join(app, "src", "cli.ts")],
    outfile: bundle,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    conditions: ["@llm/source"],
    external: [
      "@tensorflow/*",
      "cli-progress",
      "commander",
      "fastest-levenshtein",
      "picocolors",
      "typescript",
      "uplot",
      "yaml",
      "zod",
    ],
    logLevel: "error",
  });
  await built;
  const child = spawn(process.execPath, [bundle, ...args], { cwd, env: { ...process.env, ...env } });
  let [out, err] = ["", ""];
  child.stdout?.on("data", (chunk) => (out += chunk));
  child.stderr?.on("data", (chunk) => (err += chunk));
  child.stdin?.end(input);
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, out, err })));
  return { child, ended };
}

/** Runs `llm ARGS` to its end. */
export async function llm(...args: string[]): Promise<Ended> {
  return (await start(args)).ended;
}

/** The parsed result of `llm ARGS --json`; throws with what was printed when it failed. */
export async function llmJson<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await llm(...args, "--json");
  if (code !== 0) throw new Error(`llm ${args.join(" ")} exited with ${code}:\n${err}`);
  return JSON.parse(out) as T;
}

/** A folder that goes away after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "llm-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
