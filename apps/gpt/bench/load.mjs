// Bundles load.ts with the sources that it measures and runs it.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const outfile = path("../node_modules/.bench/load.mjs");
await build({
  entryPoints: [path("load.ts")],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  conditions: ["@llm/source"],
  external: ["@tensorflow/*", "picocolors", "cli-progress", "node-gyp-build"],
  banner: { js: 'import { createRequire as r } from "node:module"; const require = r(import.meta.url);' },
  logLevel: "error",
});
process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
