// Attention on the backend `native`, fused beside the composite of the same kernels' products and softmax: forward and
// backward, causal, in turn, medians. The addon must have been built.
//
//   pnpm --filter @llm/conformance bench attention [heads] [head dim]

import { attention } from "@llm/attention";
import { registerNativeBackend } from "@llm/backend-native";
import type { MachineBackend } from "@llm/kernels";
import { gradients } from "@llm/ops";
import {
  engine,
  getKernel,
  type KernelConfig,
  memory,
  ready,
  registerKernel,
  setBackend,
  type Tensor,
  tensor,
  tidy,
  unregisterKernel,
} from "@tensorflow/tfjs-core";

const heads = Number(process.argv[2] ?? 8);
const headDim = Number(process.argv[3] ?? 64);
const SCORES = 2 ** 30; // bytes of one head's scores times heads, beyond which the composite is left out

registerNativeBackend();
await setBackend("native");
await ready();
const { machine, pool } = engine().backend as MachineBackend;
const fused = ["Attention", "AttentionGrad"].map((name) => getKernel(name, "native") as KernelConfig);

/** Runs f with or without the fused kernels. */
function by<T>(kind: "fused" | "composite", f: () => T): T {
  if (kind === "fused") return f();
  for (const { kernelName } of fused) unregisterKernel(kernelName, "native");
  try {
    return f();
  } finally {
    for (const kernel of fused) registerKernel(kernel);
  }
}

const median = (xs: number[]): number => xs.sort((a, b) => a - b)[xs.length >> 1] as number;
const held = (): number => pool.bytes.inUse + pool.bytes.kept;
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`.padStart(11);

console.log(`${machine.isa}, ${machine.threads} threads; 1 × ${heads} heads × T × ${headDim}, forward + backward`);
console.log("     T   fused ms  GFLOP/s     memory   composite ms  GFLOP/s     memory   faster");
for (const length of [64, 128, 256, 512, 1024, 2048, 4096, 8192]) {
  const shape = [1, heads, length, headDim];
  const inputs = [1, 2, 3].map((seed) => tensor(filled(heads * length * headDim, seed), shape));
  const step = (): void =>
    void tidy(() => void gradients((...[q, k, v]) => attention(q as Tensor, k as Tensor, v as Tensor), inputs));
  const flops = (14 * heads * headDim * length * (length + 1)) / 2;
  const kinds = (["fused", "composite"] as const).filter(
    (kind) => kind === "fused" || 4 * heads * length ** 2 <= SCORES,
  );
  const memoryOf: Record<string, number> = {};
  for (const kind of kinds) {
    const before = held();
    by(kind, step);
    memoryOf[kind] = held() - before;
  }
  const times: Record<string, number[]> = { fused: [], composite: [] };
  const until = performance.now() + 1500;
  do {
    for (const kind of kinds) {
      const start = performance.now();
      by(kind, step);
      times[kind]?.push(performance.now() - start);
    }
  } while (performance.now() < until || (times.fused?.length ?? 0) < 3);
  const columns = kinds.map((kind) => {
    const ms = median(times[kind] as number[]);
    return `${ms.toFixed(2).padStart(10)} ${(flops / ms / 1e6).toFixed(1).padStart(8)}${mebibytes(memoryOf[kind] as number)}`;
  });
  const factor =
    kinds.length > 1 ? (median(times.composite as number[]) / median(times.fused as number[])).toFixed(1) : "";
  console.log(`${String(length).padStart(6)} ${columns.join("     ")} ${factor.padStart(8)}`);
  for (const x of inputs) x.dispose();
}
if (memory().numTensors > 1) console.log(`${memory().numTensors} tensors left`);

function filled(length: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 30 - 2;
  });
}
