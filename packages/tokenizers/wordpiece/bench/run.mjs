// Bundles a benchmark with the sources that it measures, ours from TypeScript and the peers' as they are, and runs it.
//
//   node bench/run.mjs encode|equal [arguments …]

import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const [name, ...rest] = process.argv.slice(2);
const outfile = `node_modules/.bench/${name}.mjs`;
await build({
  entryPoints: [`bench/${name}.ts`],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  conditions: ["@llm/source"],
  external: ["@huggingface/tokenizers"],
});
process.exitCode = spawnSync(process.execPath, [outfile, ...rest], { stdio: "inherit" }).status ?? 1;
