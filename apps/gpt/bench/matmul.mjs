// Matrix products side by side: our backends and onnxruntime-node's MatMul (MLAS), on one thread and on all.
//
// usage: npm install --prefix DIR --ignore-scripts onnxruntime-node
//        node apps/gpt/bench/matmul.mjs --peer DIR [--sizes 512,1024,2048] [--threads 1,2] [--rounds 3]
//
// The sides take turns; the best median of each counts. The app must be built (`npm run llm -- backends` builds it).

import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    peer: { type: "string" },
    sizes: { type: "string", default: "512,1024,2048" },
    threads: { type: "string", default: "1,2" },
    rounds: { type: "string", default: "3" },
    side: { type: "string" },
  },
});
const numbers = (text) => text.split(",").map(Number);

/** A field of a protobuf message: a number as varint (below 128), text or bytes with their length. */
function field(number, value) {
  if (typeof value === "number") return Buffer.from([number << 3, value]);
  const bytes = Buffer.from(value);
  const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), bytes]);
}
const message = (...fields) => Buffer.concat(fields.map(([number, value]) => field(number, value)));

/** An ONNX model of one MatMul of two matrices of any size. */
function matMulModel() {
  const shape = message(...["m", "n"].map((name) => [1, message([2, name])]));
  const type = message([1, message([1, 1], [2, shape])]);
  const tensor = (name) => message([1, name], [2, type]);
  const node = message([1, "a"], [1, "b"], [2, "c"], [4, "MatMul"]);
  const graph = message([1, node], [2, "product"], [11, tensor("a")], [11, tensor("b")], [12, tensor("c")]);
  return message([1, 8], [7, graph], [8, message([2, 13])]);
}

/** GFLOP/s of onnxruntime by size, medians. */
async function peer() {
  const require = createRequire(join(resolve(values.peer), "package.json"));
  const { InferenceSession, Tensor } = require("onnxruntime-node");
  const threads = Number(values.threads);
  const session = await InferenceSession.create(matMulModel(), { intraOpNumThreads: threads, interOpNumThreads: 1 });
  const rates = {};
  for (const n of numbers(values.sizes)) {
    const matrix = () =>
      new Tensor(
        "float32",
        Float32Array.from({ length: n * n }, () => Math.random() - 0.5),
        [n, n],
      );
    const feeds = { a: matrix(), b: matrix() };
    const times = [];
    for (let began = performance.now(); times.length < 5 || performance.now() - began < 500; ) {
      const start = performance.now();
      await session.run(feeds);
      times.push(performance.now() - start);
    }
    times.sort((x, y) => x - y);
    rates[n] = (2 * n ** 3) / times[times.length >> 1] / 1e6;
  }
  console.log(JSON.stringify(rates));
}

function child(command, args, threads) {
  const env = { ...process.env, LLM_THREADS: `${threads}` };
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

function ours(threads) {
  const cli = fileURLToPath(new URL("../dist/cli.js", import.meta.url));
  const args = [cli, "bench", "kernels", "--only", "BatchMatMul", "--backend", "native", "--json"];
  const { limits, kernels } = child(process.execPath, args, threads);
  const rates = { peak: limits.peakFlops / 1e9 };
  for (const { case: name, flopsPerSecond } of kernels) {
    const n = Number(/\[(\d+),\1\]·\[\1,\1\]/.exec(name)?.[1]);
    if (n) rates[name.startsWith("bf16") ? `bf16 ${n}` : `${n}`] = flopsPerSecond / 1e9;
  }
  return rates;
}

function sideBySide() {
  for (const threads of numbers(values.threads)) {
    const best = [{}, {}];
    for (let round = 0; round < Number(values.rounds); round++) {
      const args = [fileURLToPath(import.meta.url), "--side", "peer", "--peer", values.peer, "--threads", `${threads}`];
      const sides = [ours(threads), child(process.execPath, [...args, "--sizes", values.sizes], threads)];
      sides.forEach((rates, i) => {
        for (const [key, rate] of Object.entries(rates)) best[i][key] = Math.max(best[i][key] ?? 0, rate);
      });
    }
    const [mine, theirs] = best;
    console.log(`${threads} thread(s), multiply-add peak ${mine.peak.toFixed(0)} GFLOP/s`);
    for (const n of numbers(values.sizes)) {
      const share = `${((100 * mine[n]) / mine.peak).toFixed(0)} % of peak`;
      console.log(
        `  ${n}: native ${mine[n].toFixed(0)} GFLOP/s (${share}), onnxruntime ${theirs[n].toFixed(0)}, ratio ` +
          `${(mine[n] / theirs[n]).toFixed(2)}; bf16 ${mine[`bf16 ${n}`].toFixed(0)}, ${(mine[`bf16 ${n}`] / mine[n]).toFixed(2)} × float32`,
      );
    }
  }
}

if (!values.peer) throw new Error("name the folder in which onnxruntime-node is installed: --peer DIR");
await (values.side === "peer" ? peer() : sideBySide());
