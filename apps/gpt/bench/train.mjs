// Whole training steps, side by side: `llm bench train` on our backends and the same model in PyTorch.
//
// usage: node apps/gpt/bench/train.mjs [--sizes small,medium,gpt2] [--backends native,simd,wasm] [--rounds 3]
//
// The sides take turns, so that a busy minute of the machine hits both; the best median of a side counts. PyTorch runs
// at each of its thread settings. Needs a built app (`npm run llm -- backends` builds it) and python3 with torch.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const sizes = {
  small: { layers: 4, heads: 4, dim: 128, context: 64, batch: 12, vocab: 65, steps: 30 },
  medium: { layers: 6, heads: 6, dim: 384, context: 256, batch: 12, vocab: 65, steps: 5 },
  gpt2: { layers: 12, heads: 12, dim: 768, context: 64, batch: 4, vocab: 50257, steps: 5 },
};
const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "small,medium,gpt2" },
    backends: { type: "string", default: "native" },
    rounds: { type: "string", default: "3" },
    python: { type: "string", default: "/usr/bin/python3" },
  },
});
const path = (name) => fileURLToPath(new URL(name, import.meta.url));
const flags = (size) => Object.entries(size).flatMap(([name, value]) => [`--${name}`, `${value}`]);

function run(command, args, env = {}) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  if (status !== 0) return { error: stderr.trim().split("\n").at(-1) };
  return JSON.parse(stdout);
}

function sidesOf(size) {
  const ours = values.backends.split(",").map((backend) => ({
    name: backend,
    run: () =>
      run(process.execPath, [
        path("../dist/cli.js"),
        "bench",
        "train",
        ...flags(size),
        "--bias",
        "--backend",
        backend,
        "--json",
      ]),
  }));
  const torch = [
    [1, 1],
    [1, 2],
    [2, 1],
    [2, 2],
  ].map(([threads, blas]) => ({
    name: `torch ${threads}+${blas}`,
    run: () => run(values.python, [path("train.py"), ...flags(size), "--threads", `${threads}`, "--blas", `${blas}`]),
  }));
  return [...ours, ...torch];
}

for (const name of values.sizes.split(",")) {
  const best = new Map();
  for (let round = 0; round < Number(values.rounds); round++) {
    for (const side of sidesOf(sizes[name])) {
      const result = side.run();
      const known = best.get(side.name);
      if (!known || result.msPerStep?.median < known.msPerStep?.median) best.set(side.name, result);
    }
  }
  const torch = [...best].filter(([side]) => side.startsWith("torch")).map(([, result]) => result);
  const fastest = Math.max(...torch.map(({ tokensPerSecond }) => tokensPerSecond ?? 0));
  const leanest = Math.min(...torch.map(({ peakRssBytes }) => peakRssBytes ?? Number.POSITIVE_INFINITY));
  console.log(`\n${name} ${JSON.stringify(sizes[name])}`);
  for (const [side, result] of best) {
    if (result.error) console.log(`  ${side.padEnd(12)} ${result.error}`);
    else {
      const { msPerStep, tokensPerSecond, flopsPerSecond, peakRssBytes } = result;
      console.log(
        `  ${side.padEnd(12)} ${msPerStep.median.toFixed(1).padStart(8)} ms  ${tokensPerSecond.toFixed(0).padStart(7)} tokens/s  ` +
          `${(tokensPerSecond / fastest).toFixed(2)} × torch  ${(peakRssBytes / 1e6).toFixed(0).padStart(5)} MB  ` +
          `${(peakRssBytes / leanest).toFixed(2)} × torch  ${flopsPerSecond ? `${(flopsPerSecond / 1e9).toFixed(0)} GFLOP/s` : ""}`,
      );
    }
  }
}
