// Runs the attention kernels of the addon on fixed inputs and prints a digest of all result bits. The number of threads
// is fixed when a process starts, so the test starts one process for each.

import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const load = createRequire(import.meta.url)("node-gyp-build");
const addon = load(fileURLToPath(new URL("..", import.meta.url)));
const kept = [];

function floats(length, seed) {
  const buffer = addon.allocate(length * 4);
  kept.push(buffer);
  const values = new Float32Array(buffer);
  let state = seed;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    values[i] = state / 2 ** 31 - 1;
  }
  return { values, address: addon.address(buffer) };
}

function call(name, ...values) {
  for (const [i, value] of values.entries()) addon.arguments[i] = value;
  addon.run(addon.kernels.indexOf(name));
}

const digest = createHash("sha256");

for (const [B, N, K, T, S, H, V, parts] of [
  [1, 1, 1, 300, 300, 64, 64, 5],
  [2, 4, 2, 100, 100, 17, 33, 2],
  [1, 3, 1, 65, 200, 32, 32, 4],
  [1, 2, 1, 1, 5000, 64, 64, 1],
  [3, 8, 8, 64, 64, 16, 16, 1],
]) {
  const [q, k, v, dy] = [B * N * T * H, B * K * S * H, B * K * S * V, B * N * T * V].map((n, i) => floats(n, i + 1));
  const sizes = [B * N * T * V, B * N * T, B * N * T * H, B * K * S * H, B * K * S * V];
  const [y, logsumexp, dq, dk, dv] = sizes.map((n) => floats(n, 9));
  const partial = floats(parts * B * K * S * (H + V), 9);
  const rest = [B, N, K, T, S, H, V, 1, H ** -0.5, 0, 0, 0, 0];
  const given = [q, k, v].map(({ address }) => address).concat(0, 0, 0, 0);
  call("attention", ...given, y.address, logsumexp.address, ...rest);
  const back = [y, logsumexp, dy, dq, dk, dv, partial].map(({ address }) => address);
  call("attention_gradient", ...given, ...back, parts, ...rest);
  for (const { values } of [y, logsumexp, dq, dk, dv]) digest.update(new Uint8Array(values.buffer));
}
process.stdout.write(`${addon.threads} ${digest.digest("hex")}`);
