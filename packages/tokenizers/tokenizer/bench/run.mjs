// Bundles a benchmark with the sources that it measures, and what its threads run, and runs it.
//
//   node bench/run.mjs threads [arguments …]

import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const [name, ...rest] = process.argv.slice(2);
const folder = "node_modules/.bench";
await build({
  entryPoints: [`bench/${name}.ts`, "src/node.ts"],
  outdir: folder,
  outbase: ".",
  bundle: true,
  format: "esm",
  platform: "node",
  outExtension: { ".js": ".mjs" },
  conditions: ["@llm/source"],
  external: ["tiktoken"],
});
process.exitCode =
  spawnSync(process.execPath, [`${folder}/bench/${name}.mjs`, ...rest], { stdio: "inherit" }).status ?? 1;
