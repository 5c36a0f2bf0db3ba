// Bundles the comparison with the sources that it compares, and runs it.
//
//   node test/peer/run.mjs [megabytes] [seed] [file or folder of text …]

import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const outfile = "node_modules/.bench/equal.mjs";
await build({
  entryPoints: ["test/peer/equal.ts"],
  outfile,
  bundle: true,
  format: "esm",
  platform: "node",
  conditions: ["@llm/source"],
  external: ["@huggingface/tokenizers", "tiktoken"],
});
process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
