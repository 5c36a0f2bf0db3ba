// Bundles a script with the sources that it measures, or compares, and runs it.
//
//   node bench/run.mjs bench/encode|bench/train|test/peer/equal [arguments …]

import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const [name, ...rest] = process.argv.slice(2);
const outfile = `node_modules/.bench/${name}.mjs`;
await build({
  entryPoints: [`${name}.ts`],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  conditions: ["@llm/source"],
});
process.exitCode = spawnSync(process.execPath, [outfile, ...rest], { stdio: "inherit" }).status ?? 1;
