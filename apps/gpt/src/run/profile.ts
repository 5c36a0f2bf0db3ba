// The table that `--profile` prints: time per kernel, and how near it came to what the machine can do.

import { type KernelProfile, startKernelProfile } from "@llm/kernels";

/** Runs f, which says when the profile begins; returns its result and the table. */
export async function withKernelTable<T>(f: (begin: () => void) => Promise<T>): Promise<{ result: T; table: string }> {
  let stop = startKernelProfile();
  let began = performance.now();
  const result = await f(() => {
    stop();
    stop = startKernelProfile();
    began = performance.now();
  }).finally(() => stop());
  return { result, table: kernelTable(stop(), performance.now() - began) };
}

/** Slowest first; the last line is what no kernel accounts for. */
export function kernelTable(kernels: Map<string, KernelProfile>, totalMs: number): string {
  if (kernels.size === 0) return "no kernels of the backends native and simd ran";
  const rows = [...kernels].sort(([, a], [, b]) => b.milliseconds - a.milliseconds);
  const other = totalMs - rows.reduce((sum, [, { milliseconds }]) => sum + milliseconds, 0);
  const line = (cells: string[]): string =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(28) : cell.padStart(11))).join("");
  const share = (ms: number): string => `${((100 * ms) / totalMs).toFixed(1)} %`;
  return [
    line(["kernel", "calls", "ms", "share", "GFLOP/s", "GB/s"]),
    ...rows.map(([name, { calls, milliseconds, flops, bytes }]) =>
      line([
        name,
        `${calls}`,
        milliseconds.toFixed(1),
        share(milliseconds),
        flops > 0 ? (flops / milliseconds / 1e6).toFixed(0) : "",
        (bytes / milliseconds / 1e6).toFixed(1),
      ]),
    ),
    line(["(outside of kernels)", "", other.toFixed(1), share(other), "", ""]),
  ].join("\n");
}
