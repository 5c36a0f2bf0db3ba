// Bundles a benchmark with the sources that it measures and runs it.
//
//   node bench/run.mjs attention [arguments …]

import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const [name, ...rest] = process.argv.slice(2);
// Inside of the package, so that the bundle finds what it does not contain.
const outfile = `node_modules/.bench/${name}.mjs`;
await build({
  entryPoints: [`bench/${name}.ts`],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  conditions: ["@llm/source"],
  external: ["@tensorflow/*"],
});
process.exitCode = spawnSync(process.execPath, [outfile, ...rest], { stdio: "inherit" }).status ?? 1;
