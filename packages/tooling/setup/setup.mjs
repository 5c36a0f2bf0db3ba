// Makes a fresh clone ready with nothing but Node and npm: installs the workspace with the pnpm that
// package.json pins, fetched through npm, unless the lock-file's stamp says that it is done already.

import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { workspacePackages } from "./workspace.mjs";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
const stamp = join(root, "node_modules", ".setup-stamp");

/** The workspace's tools (pnpm among them, which turbo insists on) stand in front on the PATH. */
export const environment = withTools(process.env);

/** Installs when what the packages ask for differs from what was installed last. Prints only to standard error. */
export function setUp() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) fail(`Node 20.19 or newer is needed, this is ${process.version}`);
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== fingerprint()) install();
  buildAddon();
}

function install() {
  const { packageManager } = readManifest(root);
  console.error(`Setting up: installing dependencies with ${packageManager} …`);
  const { status, error } = spawnPnpm(packageManager, [
    "install",
    "--prefer-offline",
    "--reporter=append-only",
    "--loglevel=warn",
  ]);
  if (error || status !== 0) {
    fail(
      `installing failed${error ? `: ${error.message}` : ""}. It needs the npm registry: check the network with \`npm ping\` and the ` +
        "address with `npm config get registry`, then run the same command again.",
    );
  }
  writeFileSync(stamp, fingerprint());
}

/** Builds the native backend anew when its sources have changed; where it cannot be built, it says why in one line. */
function buildAddon() {
  const script = join(root, "packages", "backends", "backend-native", "install.mjs");
  spawnSync(process.execPath, [script], { cwd: root, env: environment, stdio: ["ignore", 2, 2] });
}

/** What an installation depends on: the lock-file, the catalog, every package's dependencies, the kind of machine. */
function fingerprint() {
  const fields = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies", "packageManager"];
  const wanted = [readManifest(root), ...workspacePackages(root).map(({ manifest }) => manifest)].map((manifest) =>
    fields.map((field) => manifest[field]),
  );
  return createHash("sha256")
    .update(readFileSync(join(root, "pnpm-lock.yaml")))
    .update(readFileSync(join(root, "pnpm-workspace.yaml")))
    .update(JSON.stringify([wanted, process.platform, process.arch]))
    .digest("hex");
}

/** Runs a tool of the workspace; its output goes to standard error, so that `--json` on standard output stays clean. */
export function run(command, args) {
  const { status, error } = spawnTool(command, args, { stdio: ["ignore", 2, 2] });
  if (error || status !== 0)
    fail(`\`${command} ${args.join(" ")}\` failed${error ? `: ${error.message}` : ` with exit code ${status}`}`);
}

/** Runs a tool that one of the root's development dependencies brings: its script in this Node, so without a shell. */
export function spawnTool(command, args, options) {
  const script = command === "node" ? [] : [toolScript(command)];
  return spawnSync(process.execPath, [...script, ...args], { cwd: root, env: environment, ...options });
}

function toolScript(command) {
  for (const name of Object.keys(readManifest(root).devDependencies)) {
    const folder = join(root, "node_modules", name);
    if (!existsSync(join(folder, "package.json"))) continue;
    const { bin } = readManifest(folder);
    const script = typeof bin === "string" ? basename(name) === command && bin : bin?.[command];
    if (script) return join(folder, script);
  }
  return fail(`there is no tool "${command}" in the workspace`);
}

/** The installed pnpm if it is the pinned one; else npm fetches it. */
function spawnPnpm(packageManager, args) {
  const options = { cwd: root, env: environment, stdio: ["ignore", 2, 2] };
  const installed = join(root, "node_modules", "pnpm");
  if (existsSync(join(installed, "package.json"))) {
    const { version, bin } = readManifest(installed);
    if (`pnpm@${version}` === packageManager)
      return spawnSync(process.execPath, [join(installed, bin.pnpm), ...args], options);
  }
  const npm = process.env.npm_execpath ?? "";
  if (basename(npm) === "npm-cli.js")
    return spawnSync(process.execPath, [npm, "exec", "--yes", "--", packageManager, ...args], options);
  return spawnSync("npx", ["--yes", packageManager, ...args], { ...options, shell: process.platform === "win32" });
}

function withTools(env) {
  const key = Object.keys(env).find((name) => name.toUpperCase() === "PATH") ?? "PATH";
  const tools = join(root, "node_modules", ".bin");
  return {
    ...env,
    [key]: `${tools}${delimiter}${env[key] ?? ""}`,
    TURBO_TELEMETRY_DISABLED: "1",
    TURBO_NO_UPDATE_NOTIFIER: "1",
  };
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

function fail(message) {
  console.error(`set-up: ${message}`);
  process.exit(1);
}
