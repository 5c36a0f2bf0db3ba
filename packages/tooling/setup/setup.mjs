// Makes a fresh clone ready with nothing but Node and npm: installs the workspace with the pnpm that
// package.json pins, fetched through npm, unless the lock-file's stamp says that it is done already.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
const bin = join(root, "node_modules", ".bin");
const stamp = join(root, "node_modules", ".setup-stamp");

/** Node's own PATH with the workspace's tools (pnpm among them, which turbo insists on) in front. */
export const environment = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, TURBO_TELEMETRY_DISABLED: "1" };

/** Installs when the lock-file differs from the one last installed. Prints only to standard error. */
export function setUp() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or newer is needed, this is ${process.version}`);
  const wanted = createHash("sha256").update(readFileSync(join(root, "pnpm-lock.yaml"))).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === wanted) return;
  const { packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  console.error(`Setting up: installing dependencies with ${packageManager} …`);
  run("npx", ["--yes", packageManager, "install", "--frozen-lockfile", "--reporter=append-only", "--loglevel=warn"]);
  writeFileSync(stamp, wanted);
}

/** Runs a set-up step; its output goes to standard error, so that `--json` on standard output stays clean. */
export function run(command, args) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    env: environment,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (error || status !== 0) fail(`\`${command} ${args.join(" ")}\` failed${error ? `: ${error.message}` : ` with exit code ${status}`}`);
}

function fail(message) {
  console.error(`set-up: ${message}`);
  process.exit(1);
}
