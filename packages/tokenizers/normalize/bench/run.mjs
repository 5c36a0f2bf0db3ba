// Bundles the benchmark with the package's TypeScript, and runs it.
//
//   pnpm --filter @llm/normalize bench [file]

import { spawnSync } from "node:child_process";
import { build } from "esbuild";

const outfile = "node_modules/.bench/normalize.mjs";
await build({ entryPoints: ["bench/normalize.ts"], outfile, bundle: true, format: "esm", platform: "node" });
process.exitCode = spawnSync(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" }).status ?? 1;
